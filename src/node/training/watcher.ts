import type { StepReport, Training } from '../../train/trainOptions.ts';
import type { FolderTraining, StageFound, TrainingPlan } from './folderTraining.ts';
import { type Found, type History, isWorthwhile, withHeldOut, withLoss } from './history.ts';
import { LOOK_PAUSE, reserveMs } from './plan.ts';
import type { Stage } from './stage.ts';
import { type RunFacts, writeRun } from './stateFile.ts';

type Watched<F extends Found> = {
  readonly training: FolderTraining;
  readonly plan: TrainingPlan;
  /** Before it went on, if it did. */
  readonly elapsedMs: number;
  readonly facts: RunFacts;
  readonly history: History<F>;
  /** Path of the state. */
  readonly state: string;
};

/** Saves and looks when it is time, and remembers. */
export const watcher = <F extends Found>(
  stage: Stage<F>,
  { training, plan, elapsedMs, facts, history: known, state }: Watched<F>,
) => {
  const { saveEvery = 2, lookEvery = 5, onLook, signal } = training;
  const began = performance.now();
  const isSaveDue = every(began, saveEvery);
  const isLookDue = every(began, Math.max(lookEvery, (LOOK_PAUSE * plan.look.seconds) / 60));
  let history = known;
  const save = async (moment: Training): Promise<void> =>
    writeRun(state, { state: await moment.state(), facts, history });
  const lookNow = async (moment: Training, step: number): Promise<void> => {
    if (stage.held === 0) return;
    const title = `after ${step} steps of ${training.batchSize} images`;
    const options = { title, size: plan.look, batchSize: plan.microBatch };
    const found = await stage.look(await moment.weights(), options).catch((error: unknown) => {
      if (signal?.aborted) return undefined;
      throw error;
    });
    if (found === undefined) return;
    const minutes = (elapsedMs + performance.now() - began) / 60_000;
    history = withHeldOut(history, { ...found, step, minutes });
    onLook?.({ stage: stage.name, ...found, step, minutes } as unknown as StageFound);
  };
  const onStep = async (report: StepReport, moment: Training): Promise<void> => {
    if (isWorthwhile(history, report.step)) history = withLoss(history, { step: report.step, loss: report.smoothed });
    const secondsLeft = report.secondsLeft + reserveMs(plan) / 1000;
    training.onStep?.({ ...report, secondsLeft, stage: stage.name });
    if (report.progress >= 1) return;
    if (report.secondsLeft > 2 * plan.look.seconds && isLookDue()) {
      await lookNow(moment, report.step);
      await stage.write(await moment.weights());
    }
    if (isSaveDue()) await save(moment);
  };
  return { onStep, save, look: lookNow, history: () => history };
};

/** Whether so many minutes have passed since it last said so. */
const every = (began: number, minutes: number): (() => boolean) => {
  let last = began;
  return () => {
    const now = performance.now();
    if (now - last < minutes * 60_000) return false;
    last = now;
    return true;
  };
};
