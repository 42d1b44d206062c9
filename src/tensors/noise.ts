import * as tf from '@tensorflow/tfjs-core';
import { fillGaussian, type SeedPath } from '../random.ts';

/** Height, width, channels of one image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * Standard normal noise for a batch of images. Image n depends on `paths[n]` and on nothing else: not on the batch it
 * stands in, nor on what was drawn before.
 *
 * @returns float32 `[paths.length, height, width, channels]`, owned by the caller.
 */
export const imageNoise = (paths: readonly SeedPath[], [height, width, channels]: ImageShape): tf.Tensor4D => {
  const size = height * width * channels;
  const values = new Float32Array(paths.length * size);
  paths.forEach((path, n) => {
    fillGaussian(path, values, n * size, size);
  });
  return tf.tensor4d(values, [paths.length, height, width, channels]);
};
