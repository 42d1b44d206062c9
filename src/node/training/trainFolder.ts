import { join } from 'node:path';
import { checkNames } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import { lockFolder } from '../folderLock.ts';
import { checkWritable } from '../output.ts';
import { denoiserStage } from './denoiserStage.ts';
import { finish } from './finish.ts';
import type { FolderTrained, FolderTraining } from './folderTraining.ts';
import { planStage } from './plan.ts';
import { type SplitImages, splitImages } from './splitImages.ts';
import { AUTOENCODER_STATE_FILE, readRun, STATE_FILE } from './stateFile.ts';
import { planUnlessStopped, trainLatent } from './trainLatent.ts';
import { isThere, trainStage } from './trainStage.ts';

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
  accept: true,
  about: true,
  signal: true,
  onPlan: true,
  onStep: true,
  onLook: true,
  onResume: true,
  onEncoding: true,
};

/**
 * Trains a denoiser into a folder: the model in diffusers' layout, `training-state.safetensors` from which a run goes
 * on after whatever ended it, `samples.png`, `losses.png`, and a card. With `minutes`, all of that is done when they
 * have passed, but for a step that takes longer than thought: fewer images are looked at where time is short.
 *
 * What is no better than noise is marked as unfinished, on its card and in `boomerang.json`, unless `accept` says
 * otherwise: whoever opens it is told.
 *
 * For a model that walks in latents, its autoencoder is trained first; beside it are its own state, its pictures
 * `autoencoder-losses.png` and `reconstructions.png`, and `latents.safetensors`, what it made of the images.
 *
 * @throws ArgumentError `unknown-option`, `training-exists` for a folder with a run that is not to go on, `another-run`, `bad-minutes`,
 * and those of `trainDenoiser` and `trainAutoencoder`; after `diverged` the last good state is still there.
 * @throws EnvironmentError `bad-output`, `in-use`, `out-of-memory`.
 */
export const trainFolder = async (out: string, training: FolderTraining): Promise<FolderTrained> => {
  checkNames('trainFolder', Object.keys(OPTIONS), training);
  const began = performance.now();
  await checkWritable(join(out, STATE_FILE));
  const release = await lockFolder(out, 'a training goes');
  try {
    if (!training.resume) await refuseRun(out);
    const split = splitImages(training.images);
    const { model } = training;
    const { autoencoder } = model;
    const ended =
      autoencoder === undefined
        ? await trainPixels(training, { out, split, began })
        : await trainLatent({ ...training, model: { ...model, autoencoder } }, { out, split, began });
    const minutes = (ended.elapsedMs + performance.now() - began) / 60_000;
    return await finish(out, training, { ...ended, minutes });
  } finally {
    await release();
  }
};

type Way = { readonly out: string; readonly split: SplitImages; readonly began: number };

const trainPixels = async (training: FolderTraining, { out, split, began }: Way) => {
  const stage = denoiserStage(out, training, split);
  const { settings } = stage.prepare();
  const facts = { ...settings, start: training.model.startDigest ?? null, data: training.images.digest };
  const state = join(out, STATE_FILE);
  const saved = training.resume ? await readRun(state, facts) : undefined;
  if (saved) training.onResume?.(saved.state.step, 'denoiser');
  const plan = await planUnlessStopped(training, () => planStage(stage, training, saved?.state));
  if (!training.signal?.aborted) training.onPlan?.(plan);
  const denoiser = await trainStage(stage, training, { state, facts, saved, plan, began });
  return { denoiser, elapsedMs: saved?.state.elapsedMs ?? 0 };
};

const refuseRun = async (out: string): Promise<void> => {
  for (const path of [STATE_FILE, AUTOENCODER_STATE_FILE].map((name) => join(out, name))) {
    if (!(await isThere(path))) continue;
    const remedy = 'go on with it (--resume), or choose another folder';
    throw new ArgumentError('training-exists', `${path} is the state of a run already; ${remedy}`);
  }
};
