import { join } from 'node:path';
import type { StepReport, Training } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { type History, isWorthwhile, withHeldOut, withLoss } from './history.ts';
import { look } from './look.ts';
import { writeModel } from './modelFiles.ts';
import { type RunFacts, STATE_FILE, writeRun } from './stateFile.ts';
import type { FolderTraining } from './trainFolder.ts';

type Watched = {
  readonly training: FolderTraining;
  /** Before it went on, if it did. */
  readonly elapsedMs: number;
  readonly facts: RunFacts;
  readonly held: ImageSet | undefined;
  readonly history: History;
};

/** Saves and looks when it is time, and remembers. */
export const watcher = (out: string, { training, elapsedMs, facts, held, history: known }: Watched) => {
  const { saveEvery = 2, lookEvery = 5, model, onLook } = training;
  const began = performance.now();
  const isDue = every(began, saveEvery);
  const isLookDue = every(began, lookEvery);
  let history = known;
  let progress = 0;
  const save = async (moment: Training): Promise<void> =>
    writeRun(join(out, STATE_FILE), { state: await moment.state(), facts, history });
  const lookNow = async (moment: Training, step: number): Promise<void> => {
    if (held === undefined) return;
    const minutes = (elapsedMs + performance.now() - began) / 60_000;
    const title = `after ${step} steps of ${training.batchSize} images`;
    const found = await look({ ...model, weights: await moment.weights() }, held, { seed: training.seed, out, title });
    history = withHeldOut(history, { ...found, step, minutes });
    onLook?.({ ...found, step, minutes });
  };
  const onStep = async (report: StepReport, moment: Training): Promise<void> => {
    progress = report.progress;
    if (isWorthwhile(history, report.step)) history = withLoss(history, { step: report.step, loss: report.smoothed });
    training.onStep?.(report);
    if (progress >= 1) return;
    if (isLookDue()) {
      await lookNow(moment, report.step);
      await writeModel(out, { ...model, weights: await moment.weights() });
    }
    if (isDue()) await save(moment);
  };
  return { onStep, save, look: lookNow, history: () => history, isDone: () => progress >= 1 };
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
