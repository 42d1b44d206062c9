import { breathe } from './breathe.ts';
import { learn } from './learn.ts';
import { batchOf, disposeBatch, type Run } from './lesson.ts';
import { readState, readTrained, type Trained, type TrainingState } from './trained.ts';
import type { RunOptions, StepReport } from './trainOptions.ts';

export type Walk = RunOptions & {
  readonly microBatch: number;
  /** What the clock said when the run began, or would have, had it not been stopped. */
  readonly began: number;
  readonly clock: () => number;
};

/** Steps until the run's end, the end of its time, or the signal. */
export const walkSteps = async (run: Run, trained: Trained, walk: Walk): Promise<TrainingState> => {
  const { clock, began, resume, signal, minutes, onStep } = walk;
  let { step, smoothed } = resume ?? { step: 0, smoothed: Number.NaN };
  let lastMs = 0;
  const elapsed = (): number => clock() - began;
  const stateNow = async (): Promise<TrainingState> => ({
    step,
    smoothed,
    elapsedMs: elapsed(),
    settings: run.settings,
    tensors: await readState(trained),
  });
  const moment = { weights: () => readTrained(trained, 'average'), state: stateNow };
  const lastsFor = (ms: number): boolean => minutes === undefined || run.progress(step, elapsed() + ms) <= 1;
  let progress = run.progress(step, elapsed());
  while (progress < 1 && !signal?.aborted) {
    const start = clock();
    const learningRate = learningRateAt(progress, step, run.settings);
    const loss = await learnStep(run, trained, { ...walk, step, learningRate });
    if (loss === undefined) break;
    step += 1;
    smoothed = Number.isNaN(smoothed) ? loss : smoothed + (loss - smoothed) / Math.min(100, step);
    lastMs = clock() - start;
    progress = lastsFor(lastMs) ? run.progress(step, elapsed()) : 1;
    const speed = {
      imagesPerSecond: (run.settings.batchSize * 1000) / lastMs,
      secondsLeft: remaining(progress, elapsed()),
    };
    await breathe();
    await onStep?.(
      { step, loss, smoothed, learningRate, progress: Math.min(1, progress), ...speed } satisfies StepReport,
      moment,
    );
    // What the caller did in between took time, too.
    if (progress < 1) progress = lastsFor(lastMs) ? run.progress(step, elapsed()) : 1;
  }
  return stateNow();
};

const remaining = (progress: number, elapsedMs: number): number =>
  Math.max(0, ((1 - progress) / progress) * (elapsedMs / 1000));

type Rates = { readonly learningRate: number; readonly warmUp: number };

/** Rises in a straight line over the warm-up, then falls along half a cosine to 0 at the end of the run. */
const learningRateAt = (progress: number, step: number, { learningRate, warmUp }: Rates): number =>
  learningRate * Math.min(1, (step + 1) / (warmUp + 1)) * (0.5 + 0.5 * Math.cos(Math.PI * progress));

type Moment = Walk & { readonly step: number; readonly learningRate: number };

const learnStep = async (run: Run, trained: Trained, moment: Moment): Promise<number | undefined> => {
  const { settings, lesson } = run;
  const { step, learningRate, microBatch, signal } = moment;
  const batch = batchOf(run, step);
  try {
    return await learn(trained, batch, { lesson, settings, step, learningRate, microBatch, signal });
  } finally {
    disposeBatch(batch);
  }
};
