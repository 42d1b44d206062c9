import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { LoadedAutoencoder } from '../../models/openAutoencoder.ts';
import type { TrainingData } from '../../train/trainingData.ts';

/** How far images are from what an autoencoder gives back of them. */
export type ReconstructionError = {
  /** Mean squared error of pixels in [-1, 1], of all images together. */
  readonly error: number;
  /** The same as the ratio of a peak to noise, in dB: 10 log10(4 / error). */
  readonly psnr: number;
  readonly images: number;
};

export type ReconstructionOptions = {
  readonly places: readonly number[];
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
};

/** Between -1 and 1. */
const PEAK = 2;

/**
 * Sends images through an autoencoder and back.
 *
 * @throws ArgumentError `diverged` where what comes back is not finite; whatever `signal` was aborted with.
 */
export const reconstructionError = async (
  autoencoder: LoadedAutoencoder,
  data: TrainingData,
  { places, batchSize, signal }: ReconstructionOptions,
): Promise<ReconstructionError> => {
  let sum = 0;
  for (let at = 0; at < places.length; at += batchSize) {
    signal?.throwIfAborted();
    const some = places.slice(at, at + batchSize);
    const error = tf.tidy(() => {
      const images = imagesAt(data, some);
      return tf.mean(tf.squaredDifference(reconstructed(autoencoder, images), images));
    });
    sum += ((await error.data())[0] as number) * some.length;
    error.dispose();
  }
  const error = sum / places.length;
  if (!Number.isFinite(error)) {
    throw new ArgumentError('diverged', `what the autoencoder gives back is off by ${error}: its training diverged`);
  }
  return { error, psnr: 10 * Math.log10(PEAK ** 2 / error), images: places.length };
};

/** Images `[N, H, W, C]` in [-1, 1]; call it in a tidy. */
export const imagesAt = (data: TrainingData, places: readonly number[]): tf.Tensor4D =>
  tf.stack(places.map((place) => tf.tensor3d(data.pixels(place), [...data.imageShape]))) as tf.Tensor4D;

/** What comes back of images, in [-1, 1]; call it in a tidy. */
export const reconstructed = ({ encode, decode }: LoadedAutoencoder, images: tf.Tensor4D): tf.Tensor4D =>
  tf.clipByValue(decode(encode(images)), -1, 1);
