import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { checkNames } from '../checks.ts';
import { prepareReconstruction } from './reconstruction.ts';
import type { TrainingData } from './trainingData.ts';
import type { AutoencoderOptions, TrainedAutoencoder } from './trainOptions.ts';
import { RUN_OPTIONS, trainRun } from './trainRun.ts';

/**
 * Trains an autoencoder: the two halves of the `AutoencoderTiny` of `config` learn to give images back through latents
 * that are fewer. A denoiser is then trained on what `encodeImages` makes of the images. All else is as with
 * `trainDenoiser`, the way of resuming and the errors, too.
 *
 * @param data images in memory, or a data set of images or `{ xs, ys }`, which is read into memory first.
 * @throws as `trainDenoiser`; `bad-image-shape` for images whose height or width the config's levels do not divide.
 */
export const trainAutoencoder = async (
  data: TrainingData | Dataset<tf.TensorContainer>,
  options: AutoencoderOptions,
): Promise<TrainedAutoencoder> => {
  checkNames('trainAutoencoder', Object.keys(RUN_OPTIONS), options);
  const trained = await trainRun(data, options, (images) => prepareReconstruction(images, options));
  return { ...trained, config: options.config };
};
