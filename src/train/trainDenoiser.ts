import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { checkNames } from '../checks.ts';
import { prepareDenoising, schedulerOf } from './denoising.ts';
import type { TrainingData } from './trainingData.ts';
import type { TrainedDenoiser, TrainOptions } from './trainOptions.ts';
import { RUN_OPTIONS, trainRun } from './trainRun.ts';

const OPTIONS: Readonly<Record<keyof TrainOptions, true>> = {
  ...RUN_OPTIONS,
  scheduler: true,
  minSnr: true,
  dropLabel: true,
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
 * @throws ArgumentError `unknown-option`, `bad-length`, `bad-batch-size`, `bad-micro-batch`, `bad-image-shape`, `no-labels`, `bad-state`;
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
  const trained = await trainRun(data, options, (images) => prepareDenoising(images, options));
  return { ...trained, config: options.config, scheduler: schedulerOf(options) };
};
