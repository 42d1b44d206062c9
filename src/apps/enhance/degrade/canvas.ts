import * as tf from '@tensorflow/tfjs-core';
import type { Degradation } from './degradation.ts';
import { mirrored } from './lines.ts';

export type Size = readonly [height: number, width: number];

/**
 * A degradation of images that lie in the middle of a larger canvas, of which nothing else is seen: for a model that makes
 * larger images than are wanted.
 *
 * @param size of the canvas, at least that of the images.
 * @returns the same degradation where the sizes are equal.
 */
export const onCanvas = (degradation: Degradation, size: Size): Degradation => {
  const { imageShape, degrade, restore, guess } = degradation;
  const [height, width, channels] = imageShape;
  if (height === size[0] && width === size[1]) return degradation;
  const [above, left] = marginsOf(size, [height, width]);
  const around: [number, number][] = [
    [0, 0],
    [above, size[0] - height - above],
    [left, size[1] - width - left],
    [0, 0],
  ];
  return {
    ...degradation,
    imageShape: [...size, channels],
    degrade: (images) => tf.tidy(() => degrade(cutFromCanvas(images, [height, width]))),
    restore: (seen, trust) => tf.tidy(() => tf.pad(restore(seen, trust), around)),
    guess: (seen) => tf.tidy(() => mirrorAround(guess(seen), size)),
  };
};

/** The middle of a canvas. A new tensor. */
export const cutFromCanvas = (images: tf.Tensor4D, [height, width]: Size): tf.Tensor4D => {
  const [above, left] = marginsOf([images.shape[1], images.shape[2]], [height, width]);
  return tf.slice(images, [0, above, left, 0], [-1, height, width, -1]);
};

const marginsOf = (size: Size, [height, width]: Size): Size => [
  Math.floor((size[0] - height) / 2),
  Math.floor((size[1] - width) / 2),
];

const mirrorAround = (images: tf.Tensor4D, size: Size): tf.Tensor4D => {
  const [height, width] = [images.shape[1], images.shape[2]];
  const [above, left] = marginsOf(size, [height, width]);
  const places = (count: number, margin: number, length: number): tf.Tensor1D =>
    tf.tensor1d(
      Array.from({ length: count }, (_, n) => mirrored(n - margin, length)),
      'int32',
    );
  const rows = tf.gather(images, places(size[0], above, height), 1);
  return tf.gather(rows, places(size[1], left, width), 2);
};
