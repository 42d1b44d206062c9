import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { imageKey } from '../tensors/imageKey.ts';
import { type ImageRange, toModelRange } from '../tensors/range.ts';

/** What an image is called. The caller's keys must name the same image in every epoch. */
export type ImageKey = string | number;

/** An image as the model knows it, under the name by which its random numbers are addressed. */
export type NamedImage = {
  readonly key: ImageKey;
  /** Whether the key is the caller's word, and not a digest of the pixels. */
  readonly isNamed: boolean;
  /** In [-1, 1]. */
  readonly pixels: Float32Array;
};

export type ReadImagesOptions = {
  readonly count: number;
  readonly range: ImageRange;
  /** The caller's names; by default a digest of each image's pixels. */
  readonly keys?: readonly ImageKey[] | undefined;
};

/**
 * Takes a batch apart into named images.
 *
 * @param values the values of the batch, read before, since reading may have to wait.
 * @throws ArgumentError `out-of-range`, `bad-keys`.
 */
export const readImages = (values: ArrayLike<number>, { count, range, keys }: ReadImagesOptions): NamedImage[] => {
  if (keys && keys.length !== count) {
    throw new ArgumentError('bad-keys', `keys must name every image once: got ${keys.length} for ${count} images`);
  }
  const all = toModelRange(values, range);
  const size = all.length / count;
  return Array.from({ length: count }, (_, n) => {
    const pixels = all.subarray(n * size, (n + 1) * size);
    return { key: keys?.[n] ?? imageKey(pixels), isNamed: keys !== undefined, pixels };
  });
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
