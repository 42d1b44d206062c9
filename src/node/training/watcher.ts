import { join } from 'node:path';
import type { StepReport, Training } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import type { FolderTraining, TrainingPlan } from './folderTraining.ts';
import { type History, isWorthwhile, withHeldOut, withLoss } from './history.ts';
import { look } from './look.ts';
import { writeModel } from './modelFiles.ts';
import { LOOK_PAUSE, reserveMs } from './plan.ts';
import { type RunFacts, STATE_FILE, writeRun } from './stateFile.ts';

type Watched = {
  readonly training: FolderTraining;
  readonly plan: TrainingPlan;
  /** Before it went on, if it did. */
  readonly elapsedMs: number;
  readonly facts: RunFacts;
  readonly held: ImageSet | undefined;
  readonly history: History;
};

/** Saves and looks when it is time, and remembers. */
export const watcher = (out: string, { training, plan, elapsedMs, facts, held, history: known }: Watched) => {
  const { saveEvery = 2, lookEvery = 5, model, onLook, signal } = training;
  const began = performance.now();
  const isSaveDue = every(began, saveEvery);
  const isLookDue = every(began, Math.max(lookEvery, (LOOK_PAUSE * plan.look.seconds) / 60));
  let history = known;
  const save = async (moment: Training): Promise<void> =>
    writeRun(join(out, STATE_FILE), { state: await moment.state(), facts, history });
  const lookNow = async (moment: Training, step: number): Promise<void> => {
    if (held === undefined) return;
    const title = `after ${step} steps of ${training.batchSize} images`;
    const options = { seed: training.seed, out, title, size: plan.look, batchSize: plan.microBatch, signal };
    const found = await look({ ...model, weights: await moment.weights() }, held, options).catch((error: unknown) => {
      if (signal?.aborted) return undefined;
      throw error;
    });
    if (found === undefined) return;
    const minutes = (elapsedMs + performance.now() - began) / 60_000;
    history = withHeldOut(history, { ...found, step, minutes });
    onLook?.({ ...found, step, minutes });
  };
  const onStep = async (report: StepReport, moment: Training): Promise<void> => {
    if (isWorthwhile(history, report.step)) history = withLoss(history, { step: report.step, loss: report.smoothed });
    training.onStep?.({ ...report, secondsLeft: report.secondsLeft + reserveMs(plan) / 1000 });
    if (report.progress >= 1) return;
    if (report.secondsLeft > 2 * plan.look.seconds && isLookDue()) {
      await lookNow(moment, report.step);
      await writeModel(out, { ...model, weights: await moment.weights() });
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
