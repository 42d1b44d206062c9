import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { trainDenoiser } from '../../train/trainDenoiser.ts';
import type { StepReport, TrainOptions } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { checkWritable, writeWhole } from '../output.ts';
import { modelCard } from './card.ts';
import { type HeldOutPoint, NO_HISTORY } from './history.ts';
import { drawLosses } from './lossChart.ts';
import { type DenoiserParts, writeModel } from './modelFiles.ts';
import { splitImages } from './splitImages.ts';
import { type RunFacts, readRun, STATE_FILE } from './stateFile.ts';
import { watcher } from './watcher.ts';

/** How long to train: one of these. */
export type RunLength = Pick<TrainOptions, 'steps' | 'epochs' | 'minutes'>;

export type FolderTraining = RunLength & {
  readonly images: ImageSet;
  /** `config.json` and `scheduler_config.json` of the model, names of its classes, and weights to start from, if any. */
  readonly model: Omit<DenoiserParts, 'weights'> & {
    readonly start?: TrainOptions['start'];
    readonly startDigest?: string;
  };
  readonly batchSize: number;
  /** @defaultValue 4e-4 */
  readonly learningRate?: number;
  readonly flip?: boolean;
  readonly seed: string | number;
  /** Goes on with the run in the folder, if there is one. */
  readonly resume?: boolean;
  /** Minutes between two writings of the state. @defaultValue 2 */
  readonly saveEvery?: number;
  /** Minutes between two looks at held-out images. @defaultValue 5 */
  readonly lookEvery?: number;
  /** Where the images come from and what computes, for the model's card. */
  readonly about: { readonly data: string; readonly backend: string };
  /** Ends the run after the step under way; all is written, and it can go on. */
  readonly signal?: AbortSignal;
  readonly onStep?: (report: StepReport) => void;
  readonly onLook?: (found: HeldOutPoint) => void;
  /** Told the step from which a run goes on. */
  readonly onResume?: (step: number) => void;
};

export type FolderTrained = {
  readonly steps: number;
  readonly minutes: number;
  /** Smoothed over about 100 steps. */
  readonly loss: number;
  /** Undefined for a data set too small to keep images out of training. */
  readonly heldOut: HeldOutPoint | undefined;
  /** Whether the run was ended before its time. */
  readonly isStopped: boolean;
};

/**
 * Trains a denoiser into a folder: the model in diffusers' layout, `training-state.safetensors` from which a run goes
 * on after whatever ended it, `samples.png`, `losses.png`, and a card.
 *
 * @throws ArgumentError `training-exists` for a folder with a run that is not to go on, `another-run`, and those of
 * `trainDenoiser`.
 * @throws EnvironmentError `bad-output`.
 */
export const trainFolder = async (out: string, training: FolderTraining): Promise<FolderTrained> => {
  const statePath = join(out, STATE_FILE);
  await checkWritable(statePath);
  const facts = factsOf(training);
  if (!training.resume) await refuseRun(statePath);
  const saved = training.resume ? await readRun(statePath, facts) : undefined;
  if (saved) training.onResume?.(saved.state.step);
  const { seen, held } = splitImages(training.images);
  const watch = watcher(out, {
    training,
    facts,
    held,
    history: saved?.history ?? NO_HISTORY,
    elapsedMs: saved?.state.elapsedMs ?? 0,
  });
  const result = await trainDenoiser(seen, {
    ...optionsOf(training),
    ...(saved ? { resume: saved.state } : {}),
    onStep: watch.onStep,
  });
  const isStopped = training.signal?.aborted === true && !watch.isDone();
  const moment = { weights: async () => new Map(result.weights), state: async () => result.state };
  await watch.save(moment);
  const minutes = result.state.elapsedMs / 60_000;
  if (!isStopped) await watch.look(moment, result.steps);
  const history = watch.history();
  await writeModel(out, { ...training.model, weights: result.weights });
  const trained = {
    steps: result.steps,
    minutes,
    loss: result.state.smoothed,
    heldOut: history.heldOut.at(-1),
    isStopped,
  };
  const text = (name: string, value: string): Promise<void> =>
    writeWhole(join(out, name), new TextEncoder().encode(value));
  await writeWhole(join(out, 'losses.png'), await drawLosses(history));
  await text('training-log.json', `${JSON.stringify({ facts, ...history }, undefined, 2)}\n`);
  await text('README.md', modelCard({ out, training, trained, history }));
  return trained;
};

const optionsOf = (training: FolderTraining) => {
  const { model, batchSize, seed, flip = false, learningRate = 4e-4, signal, steps, epochs, minutes } = training;
  return {
    config: model.config,
    scheduler: model.scheduler,
    ...(model.start ? { start: model.start } : {}),
    ...(signal ? { signal } : {}),
    ...(steps === undefined ? {} : { steps }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(minutes === undefined ? {} : { minutes }),
    batchSize,
    seed,
    flip,
    learningRate,
  };
};

/** What must be equal for a run to go on as if it had not stopped. */
const factsOf = (training: FolderTraining): RunFacts => {
  const { start, signal, ...options } = optionsOf(training);
  return { ...options, start: training.model.startDigest ?? null, data: training.images.digest };
};

const refuseRun = async (path: string): Promise<void> => {
  if ((await stat(path).catch(() => undefined)) === undefined) return;
  const remedy = 'go on with it (--resume), or choose another folder';
  throw new ArgumentError('training-exists', `${path} is the state of a run already; ${remedy}`);
};
