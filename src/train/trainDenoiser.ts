import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { checkNames } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import { matchWeights } from '../networks/matchWeights.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { unet2d } from '../networks/unet2d.ts';
import { loadGradients } from './gradients.ts';
import { initialWeights } from './initialWeights.ts';
import { fittingBatch, measureMemory } from './microBatch.ts';
import { memoryLimit, namingMemory } from './outOfMemory.ts';
import { batchOf, prepareRun, type Run } from './prepareRun.ts';
import { refuseOtherSettings } from './settings.ts';
import { disposeTrained, readTrained, resumeTrained, startTrained, type Trained } from './trained.ts';
import { collectImages, type TrainingData } from './trainingData.ts';
import type { TrainedDenoiser, TrainOptions } from './trainOptions.ts';
import { walkSteps } from './walkSteps.ts';

const OPTIONS: Readonly<Record<keyof TrainOptions, true>> = {
  config: true,
  scheduler: true,
  steps: true,
  epochs: true,
  minutes: true,
  reserveMs: true,
  batchSize: true,
  microBatch: true,
  learningRate: true,
  warmUp: true,
  ema: true,
  weightDecay: true,
  clipNorm: true,
  minSnr: true,
  dropLabel: true,
  flip: true,
  seed: true,
  start: true,
  resume: true,
  onStep: true,
  signal: true,
  clock: true,
};

/**
 * Trains a denoiser: the network of `config` learns to tell the noise in images. Runs on the backend that is set;
 * needs `@tensorflow/tfjs-layers`, which brings gradients, and on wasm supplies the kernels that are missing.
 *
 * Batches, noise and timesteps are addressed by seed and step: the same run gives the same weights on one backend, and
 * a resumed run goes on as if it had not stopped. A batch that wasm has no memory for goes through the network in
 * parts, whose gradients are summed.
 *
 * @param data images in memory, or a data set of images or `{ xs, ys }`, which is read into memory first.
 * @throws ArgumentError `unknown-option`, `bad-length`, `bad-batchSize`, `bad-microBatch`, `bad-image-shape`, `no-labels`, `bad-state`;
 * `another-run` for a state of other options or images; `diverged` at the first step that is not finite, of which
 * nothing is kept. CheckpointError for a config that is not supported or weights that do not fit. EnvironmentError
 * `no-gradients`, `out-of-memory`.
 * @see Ho et al. 2020, arXiv:2006.11239, algorithm 1.
 */
export const trainDenoiser = async (
  data: TrainingData | Dataset<tf.TensorContainer>,
  options: TrainOptions,
): Promise<TrainedDenoiser> => {
  checkNames('trainDenoiser', Object.keys(OPTIONS), options);
  const { clock = () => performance.now() } = options;
  const began = clock() - (options.resume?.elapsedMs ?? 0);
  await loadGradients();
  const run = prepareRun('pixels' in data ? data : await collectImages(data), options);
  let trained: Trained | undefined;
  try {
    return await namingMemory(describeRun(run), async () => {
      trained = startRun(run, options);
      const microBatch = options.microBatch ?? (await chooseMicroBatch(run, trained));
      const state = await walkSteps(run, trained, { ...options, microBatch, began, clock });
      const weights = await readTrained(trained, 'average');
      return { config: options.config, scheduler: run.scheduler, weights, state, steps: state.step };
    });
  } finally {
    if (trained) disposeTrained(trained);
  }
};

/** The parameters that a run starts from, or goes on with. */
export const startRun = ({ config, settings }: Run, { start, resume }: TrainOptions): Trained => {
  const architecture = unet2d(config);
  const shapes = parameterShapes(architecture);
  if (resume) {
    if (resume.settings === undefined) {
      throw new ArgumentError('bad-state', 'the training state is of an older version: its settings are absent');
    }
    refuseOtherSettings('the training state', resume.settings, settings);
    return resumeTrained(shapes, resume);
  }
  return startTrained(start ? new Map(matchWeights(shapes, start)) : initialWeights(architecture, settings.seed));
};

/** So many images at a time as memory allows: where nothing limits it, all. */
const chooseMicroBatch = async (run: Run, trained: Trained): Promise<number> => {
  const { batchSize } = run.settings;
  if (memoryLimit() === undefined || batchSize === 1) return batchSize;
  return fittingBatch(batchSize, await stepMemory(run, trained));
};

/** Measures what a step of a run takes. */
export const stepMemory = async (run: Run, trained: Trained) => {
  const batch = batchOf(run, 0);
  try {
    return await measureMemory(trained, batch, run);
  } finally {
    tf.dispose([batch.clean, batch.noise]);
  }
};

/** What ran out of memory, for a message. */
export const describeRun =
  ({ settings, images: { imageShape } }: Run) =>
  (): string =>
    `a training on batches of ${settings.batchSize} images of ${imageShape.join(' x ')}`;
