import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNames } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import { settingsOf } from '../../train/settings.ts';
import { trainDenoiser } from '../../train/trainDenoiser.ts';
import type { TrainedDenoiser } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { lockFolder } from '../folderLock.ts';
import { checkWritable, writeWhole } from '../output.ts';
import { modelCard } from './card.ts';
import { type FolderTrained, type FolderTraining, optionsOf, type TrainingPlan } from './folderTraining.ts';
import { NO_HISTORY } from './history.ts';
import { SHEET_FILE } from './look.ts';
import { drawLosses } from './lossChart.ts';
import { writeModel } from './modelFiles.ts';
import { planTraining, reserveMs } from './plan.ts';
import { splitImages } from './splitImages.ts';
import { type RunFacts, readRun, type SavedRun, STATE_FILE } from './stateFile.ts';
import { watcher } from './watcher.ts';

const OPTIONS: Readonly<Record<keyof FolderTraining, true>> = {
  steps: true,
  epochs: true,
  minutes: true,
  images: true,
  model: true,
  batchSize: true,
  learningRate: true,
  flip: true,
  seed: true,
  resume: true,
  saveEvery: true,
  lookEvery: true,
  about: true,
  signal: true,
  onPlan: true,
  onStep: true,
  onLook: true,
  onResume: true,
};

/**
 * Trains a denoiser into a folder: the model in diffusers' layout, `training-state.safetensors` from which a run goes
 * on after whatever ended it, `samples.png`, `losses.png`, and a card. With `minutes`, all of that is done when they
 * have passed, but for a step that takes longer than thought: fewer images are looked at where time is short.
 *
 * @throws ArgumentError `unknown-option`, `training-exists` for a folder with a run that is not to go on, `another-run`, `bad-minutes`,
 * and those of `trainDenoiser`; after `diverged` the last good state is still there.
 * @throws EnvironmentError `bad-output`, `in-use`, `out-of-memory`.
 */
export const trainFolder = async (out: string, training: FolderTraining): Promise<FolderTrained> => {
  checkNames('trainFolder', Object.keys(OPTIONS), training);
  const began = performance.now();
  const statePath = join(out, STATE_FILE);
  await checkWritable(statePath);
  const release = await lockFolder(out, 'a training goes');
  try {
    if (!training.resume) await refuseRun(statePath);
    const { seen, held } = splitImages(training.images);
    const facts = factsOf(training, seen);
    const saved = training.resume ? await readRun(statePath, facts) : undefined;
    if (saved) training.onResume?.(saved.state.step);
    const plan = await planUnlessStopped(training, saved);
    if (!training.signal?.aborted) training.onPlan?.(plan);
    return await run(out, training, { began, seen, held, facts, saved, plan });
  } finally {
    await release();
  }
};

type Prepared = {
  readonly began: number;
  readonly seen: ImageSet;
  readonly held: ImageSet | undefined;
  readonly facts: RunFacts;
  readonly saved: SavedRun | undefined;
  readonly plan: TrainingPlan;
};

const run = async (out: string, training: FolderTraining, prepared: Prepared): Promise<FolderTrained> => {
  const { began, seen, held, facts, saved, plan } = prepared;
  const elapsedMs = saved?.state.elapsedMs ?? 0;
  const watch = watcher(out, { training, plan, facts, held, history: saved?.history ?? NO_HISTORY, elapsedMs });
  const result = await trainDenoiser(seen, {
    ...optionsOf(training),
    ...(saved ? { resume: { ...saved.state, settings: settingsOf(seen, optionsOf(training)) } } : {}),
    microBatch: plan.microBatch,
    reserveMs: reserveMs(plan) + performance.now() - began,
    onStep: watch.onStep,
  }).catch(async (error: unknown) => {
    throw await withPlace(error, join(out, STATE_FILE));
  });
  const moment = { weights: async () => new Map(result.weights), state: async () => result.state };
  if (training.signal?.aborted !== true) await watch.look(moment, result.steps);
  await watch.save(moment);
  return finish(out, training, { result, watch, minutes: () => (elapsedMs + performance.now() - began) / 60_000 });
};

type Ended = {
  readonly result: TrainedDenoiser;
  readonly watch: ReturnType<typeof watcher>;
  readonly minutes: () => number;
};

/** Writes the model, and what is to be told of it. */
const finish = async (out: string, training: FolderTraining, { result, watch, minutes }: Ended) => {
  const history = watch.history();
  await writeModel(out, { ...training.model, weights: result.weights });
  await writeWhole(join(out, 'losses.png'), await drawLosses(history));
  const trained: FolderTrained = {
    steps: result.steps,
    minutes: minutes(),
    loss: result.steps > 0 ? result.state.smoothed : undefined,
    heldOut: history.heldOut.at(-1),
    isStopped: training.signal?.aborted === true,
  };
  const text = (name: string, value: string): Promise<void> =>
    writeWhole(join(out, name), new TextEncoder().encode(value));
  await text('training-log.json', `${JSON.stringify({ settings: result.state.settings, ...history }, undefined, 2)}\n`);
  await text(
    'README.md',
    modelCard({ out, training, trained, history, hasSheet: await isThere(join(out, SHEET_FILE)) }),
  );
  return trained;
};

/** A training that diverged says where it was good, if that was saved. */
const withPlace = async (error: unknown, path: string): Promise<unknown> => {
  const isKept = error instanceof ArgumentError && error.code === 'diverged' && (await isThere(path));
  return isKept ? new ArgumentError(error.code, `${error.message}; the last good state is still in ${path}`) : error;
};

/** A run that is stopped before it has begun has nothing to plan. */
const planUnlessStopped = (training: FolderTraining, saved: SavedRun | undefined): Promise<TrainingPlan> =>
  planTraining(training, saved?.state).catch((error: unknown) => {
    if (!training.signal?.aborted) throw error;
    const nothing = { secondsPerStep: 0, secondsPerEvaluation: 0, bytes: 0, imagesPerSecond: 0, steps: 0, minutes: 0 };
    return { ...nothing, microBatch: 1, look: { held: 0, sheetSteps: 0, seconds: 0 } };
  });

/** What must be equal for a run to go on as if it had not stopped. */
const factsOf = (training: FolderTraining, seen: ImageSet): RunFacts => ({
  ...settingsOf(seen, optionsOf(training)),
  start: training.model.startDigest ?? null,
  data: training.images.digest,
});

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;

const refuseRun = async (path: string): Promise<void> => {
  if (!(await isThere(path))) return;
  const remedy = 'go on with it (--resume), or choose another folder';
  throw new ArgumentError('training-exists', `${path} is the state of a run already; ${remedy}`);
};
