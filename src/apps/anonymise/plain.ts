import * as tf from '@tensorflow/tfjs-core';
import { shown } from '../../checks.ts';
import { ArgumentError, isCount } from '../../errors.ts';

/** Where a Gaussian is cut off, in standard deviations, as SciPy does. */
const REACH = 4;

/**
 * Blurs images by a Gaussian. What lies beyond an edge is the picture reflected at it, so that light is neither lost nor
 * won: each image keeps its mean.
 *
 * @param images float32 `[N, h, w, c]` in [0, 1]; they stay the caller's.
 * @param sigma standard deviation in pixels; 0 leaves the images as they are.
 * @returns the same shape, owned by the caller.
 * @throws ArgumentError `bad-sigma`.
 */
export const blur = (images: tf.Tensor4D, sigma: number): tf.Tensor4D => {
  if (!Number.isFinite(sigma) || sigma < 0) {
    throw new ArgumentError('bad-sigma', `sigma must be a number of pixels of at least 0, got ${shown(sigma)}`);
  }
  return sigma === 0 ? tf.clone(images) : alongBoth(images, (side) => gaussian(side, sigma));
};

/**
 * Replaces square blocks of images, counted from the top left corner, by their means; blocks that an edge cuts are smaller.
 *
 * @param images as of {@link blur}.
 * @param size side of a block in pixels; 1 leaves the images as they are.
 * @returns the same shape, owned by the caller.
 * @throws ArgumentError `bad-block-size`.
 */
export const pixelate = (images: tf.Tensor4D, size: number): tf.Tensor4D => {
  if (!isCount(size)) {
    const rule = 'the size of blocks must be a whole number of pixels of at least 1';
    throw new ArgumentError('bad-block-size', `${rule}, got ${shown(size)}`);
  }
  return size === 1 ? tf.clone(images) : alongBoth(images, (side) => blocks(side, size));
};

/** Weights the pixels of each column, then those of each row, by a matrix `[side, side]`. */
const alongBoth = (images: tf.Tensor4D, weights: (side: number) => tf.Tensor2D): tf.Tensor4D =>
  tf.tidy(() => {
    const down = along(images, [1, 0, 2, 3], weights);
    return along(down, [2, 1, 0, 3], weights);
  });

/** @param order swaps the axis that is weighted with the first one. */
const along = (images: tf.Tensor4D, order: number[], weights: (side: number) => tf.Tensor2D): tf.Tensor4D => {
  const turned = tf.transpose(images, order);
  const [side] = turned.shape;
  const weighted = tf.matMul(weights(side), tf.reshape(turned, [side, turned.size / side]));
  return tf.transpose(tf.reshape(weighted, turned.shape), order);
};

const gaussian = (side: number, sigma: number): tf.Tensor2D => {
  const reach = Math.ceil(REACH * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, n) =>
    Math.exp(-((n - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const weights = new Float32Array(side * side);
  for (let to = 0; to < side; to += 1) {
    for (const [n, weight] of kernel.entries()) {
      const at = to * side + reflected(to + n - reach, side);
      weights[at] = (weights[at] as number) + weight / total;
    }
  }
  return tf.tensor2d(weights, [side, side]);
};

/** d c b a | a b c d | d c b a */
const reflected = (place: number, side: number): number => {
  const turn = ((place % (2 * side)) + 2 * side) % (2 * side);
  return turn < side ? turn : 2 * side - 1 - turn;
};

const blocks = (side: number, size: number): tf.Tensor2D => {
  const weights = new Float32Array(side * side);
  for (let from = 0; from < side; from += size) {
    const until = Math.min(side, from + size);
    for (let to = from; to < until; to += 1) weights.fill(1 / (until - from), to * side + from, to * side + until);
  }
  return tf.tensor2d(weights, [side, side]);
};
