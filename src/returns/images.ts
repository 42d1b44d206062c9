import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { imageKey } from '../tensors/imageKey.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { type ImageRange, toModelRange } from '../tensors/range.ts';
import type { ImageKey } from './address.ts';

/** An image under the name by which its random numbers are addressed. */
export type NamedImage = {
  /** The caller's name for it, or else its digest. */
  readonly key: ImageKey;
  /** Of its pixels: whatever it is called, this is what it shows. */
  readonly digest: string;
  /** In [-1, 1]. */
  readonly pixels: Float32Array;
};

export type ReadImagesOptions = {
  readonly count: number;
  readonly range: ImageRange;
  /** Their names, given by the caller or by whoever met them before they were changed. */
  readonly keys?: readonly ImageKey[] | undefined;
};

/**
 * Takes a batch apart into named images.
 *
 * @param values the values of the batch, read before, since reading may have to wait.
 * @throws ArgumentError `out-of-range`, `bad-keys`.
 */
export const readImages = (values: ArrayLike<number>, { count, range, keys }: ReadImagesOptions): NamedImage[] => {
  if (keys) checkKeys(keys, count);
  const all = toModelRange(values, range);
  const size = all.length / count;
  return Array.from({ length: count }, (_, n) => {
    const pixels = all.subarray(n * size, (n + 1) * size);
    return nameImage(pixels, keys?.[n]);
  });
};

/**
 * An image in [-1, 1], or latents in its place, under a name; by default its digest. A digest takes as long as a step of a
 * small network: it is made where somebody asks for it.
 */
export const nameImage = (pixels: Float32Array, given?: ImageKey): NamedImage => {
  let digest = given === undefined ? imageKey(pixels) : undefined;
  return {
    key: given ?? (digest as string),
    pixels,
    get digest() {
      digest ??= imageKey(pixels);
      return digest;
    },
  };
};

/** @throws ArgumentError `bad-keys` */
export const checkKeys = (keys: readonly unknown[], count: number): void => {
  if (keys.length !== count) {
    throw new ArgumentError('bad-keys', `keys must name every image once: got ${keys.length} for ${count} images`);
  }
  const odd = keys.find((key) => typeof key !== 'string' && !Number.isFinite(key));
  if (odd === undefined && !keys.includes(undefined)) return;
  throw new ArgumentError('bad-keys', `a key must be a string or a finite number, got ${odd}; name every image`);
};

/** Height, width and channels of images. */
export const shapeOf = (images: tf.Tensor3D | tf.Tensor4D): ImageShape =>
  images.shape.slice(-3) as [height: number, width: number, channels: number];

/**
 * Checks that images are of the size that a model knows, or, if they are to be resized, that they have its channels.
 *
 * @throws ArgumentError `bad-image-shape`.
 */
export const checkImageShape = (
  images: tf.Tensor3D | tf.Tensor4D,
  { imageShape }: Model,
  fit: 'exact' | 'resize' | 'detail' = 'exact',
): void => {
  const shape = shapeOf(images);
  const [height, width, channels] = imageShape;
  if (shape.includes(0))
    throw new ArgumentError('bad-image-shape', `images must have pixels, got ${shape.join(' x ')}`);
  if (shape[2] !== channels) {
    const rule = `this model knows images of ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
    throw new ArgumentError('bad-image-shape', `${rule}, got ${shape[2]}; convert them first`);
  }
  if (fit !== 'exact' || (shape[0] === height && shape[1] === width)) return;
  const rule = `this model knows images of ${imageShape.join(' x ')} (height, width, channels), got ${shape.join(' x ')}`;
  const remedy = "resize them first, or say { fit: 'resize' }, or 'detail', which keeps their fine structure";
  throw new ArgumentError('bad-image-shape', `${rule}; ${remedy}`);
};
