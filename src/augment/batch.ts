import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { imageKey } from '../tensors/imageKey.ts';
import { type ImageRange, toModelRange } from '../tensors/range.ts';

/** Images as the model knows them, each under its name. */
export type Batch = {
  /** Pixels in [-1, 1], image after image. */
  readonly pixels: Float32Array;
  /** The names by which noise is addressed: digests of the pixels, or the caller's own. */
  readonly keys: readonly ImageKey[];
};

/** What an image is called. The caller's keys must name the same image in every epoch. */
export type ImageKey = string | number;

/**
 * Reads images into a batch.
 *
 * @param pixels the values of `images`, read before, since reading may have to wait.
 * @throws ArgumentError `out-of-range`, `bad-keys`.
 */
export const readBatch = (
  pixels: ArrayLike<number>,
  {
    count,
    range,
    keys,
  }: { readonly count: number; readonly range: ImageRange; readonly keys?: readonly ImageKey[] | undefined },
): Batch => {
  const values = toModelRange(pixels, range);
  if (keys && keys.length !== count) {
    throw new ArgumentError('bad-keys', `keys must name every image once: got ${keys.length} for ${count} images`);
  }
  const size = values.length / count;
  const digest = (_: unknown, n: number): string => imageKey(values.subarray(n * size, (n + 1) * size));
  return { pixels: values, keys: keys ?? Array.from({ length: count }, digest) };
};

/** Some images of a batch. */
export const pickImages = ({ pixels, keys }: Batch, indices: readonly number[]): Batch => {
  const size = pixels.length / keys.length;
  const picked = new Float32Array(indices.length * size);
  indices.forEach((index, n) => {
    picked.set(pixels.subarray(index * size, (index + 1) * size), n * size);
  });
  return { pixels: picked, keys: indices.map((index) => keys[index] as ImageKey) };
};

/**
 * Checks that images are of the size that a model knows.
 *
 * @throws ArgumentError `bad-image-shape`.
 */
export const checkImageShape = (images: tf.Tensor3D | tf.Tensor4D, model: Model): void => {
  const shape = images.shape.slice(-3);
  if (shape.every((size, axis) => size === model.imageShape[axis])) return;
  const rule = `this model knows images of ${model.imageShape.join(' x ')} (height, width, channels)`;
  throw new ArgumentError('bad-image-shape', `${rule}, got ${shape.join(' x ')}; resize or convert them first`);
};
