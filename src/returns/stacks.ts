import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape } from '../tensors/noise.ts';

/** Images of one shape as a batch, owned by the caller. */
export const stack = (images: readonly Float32Array[], shape: ImageShape): tf.Tensor4D => {
  const size = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(images.length * size);
  for (const [n, image] of images.entries()) values.set(image, n * size);
  return tf.tensor4d(values, [images.length, ...shape]);
};

/** The values of a batch, image by image. */
export const cut = (values: Float32Array, count: number): Float32Array[] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, n) => values.slice(n * size, (n + 1) * size));
};
