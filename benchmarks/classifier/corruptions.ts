import * as tf from '@tensorflow/tfjs-core';
import { fillGaussian, type SeedPath } from '../../src/random.ts';

/** Makes images in [0, 1] harder to see. The result is owned by the caller, the argument left alone. */
export type Corruption = (images: tf.Tensor4D, seed: SeedPath) => tf.Tensor4D;

/** Ways to spoil images, each at five severities from slight to heavy, as in ImageNet-C (arXiv:1903.12261). */
export const CORRUPTIONS: Readonly<Record<string, readonly Corruption[]>> = {
  noise: [0.04, 0.08, 0.12, 0.18, 0.26].map((deviation) => (images, seed) => addNoise(images, deviation, seed)),
  blur: [0.5, 0.75, 1, 1.5, 2].map((sigma) => (images) => blur(images, sigma)),
  contrast: [0.7, 0.5, 0.35, 0.25, 0.15].map((share) => (images) => flatten(images, share)),
  pixelation: [2, 3, 4, 5, 7].map((side) => (images) => pixelate(images, side)),
};

const addNoise = (images: tf.Tensor4D, deviation: number, seed: SeedPath): tf.Tensor4D => {
  const noise = new Float32Array(images.size);
  fillGaussian(seed, noise);
  return tf.tidy(() => tf.clipByValue(tf.add(images, tf.mul(tf.tensor4d(noise, images.shape), deviation)), 0, 1));
};

/** By a Gaussian, along columns and then along rows; the border is black, as the ground of these images is. */
const blur = (images: tf.Tensor4D, sigma: number): tf.Tensor4D => {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, n) => Math.exp(-((n - reach) ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return tf.tidy(() => {
    const line = tf.tile(tf.reshape(tf.div(tf.tensor1d(weights), sum), [-1, 1, 1, 1]), [1, 1, images.shape[3], 1]);
    const across = tf.transpose(line, [1, 0, 2, 3]);
    const down = tf.depthwiseConv2d(images, line as tf.Tensor4D, 1, 'same');
    return tf.depthwiseConv2d(down, across as tf.Tensor4D, 1, 'same');
  });
};

/** Keeps a share of the difference from the mean of each image. */
const flatten = (images: tf.Tensor4D, share: number): tf.Tensor4D =>
  tf.tidy(() => {
    const mean = tf.mean(images, [1, 2, 3], true);
    return tf.add(tf.mul(tf.sub(images, mean), share), mean) as tf.Tensor4D;
  });

/** Squares of so many pixels are their mean; those at the border may be cut. */
const pixelate = (images: tf.Tensor4D, side: number): tf.Tensor4D =>
  tf.tidy(() => {
    const [count, height, width, channels] = images.shape;
    const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
    const means = tf.avgPool(images, side, side, 'same');
    const wide = tf.tile(tf.reshape(means, [count, rows, 1, columns, 1, channels]), [1, 1, side, 1, side, 1]);
    const all = tf.reshape(wide, [count, rows * side, columns * side, channels]);
    const [top, left] = [Math.floor((rows * side - height) / 2), Math.floor((columns * side - width) / 2)];
    return tf.slice(all as tf.Tensor4D, [0, top, left, 0], [count, height, width, channels]);
  });
