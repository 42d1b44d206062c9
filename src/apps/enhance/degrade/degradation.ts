import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape } from '../../../tensors/noise.ts';

/**
 * What made a picture poorer: a linear map A of images, with its pseudo-inverse A⁺. All images are float32
 * `[N, H, W, C]`; what comes out is a new tensor, owned by the caller. A keeps grey grey, so that it does not matter what
 * black and white are.
 */
export type Degradation = {
  /** Of the images as they were. */
  readonly imageShape: ImageShape;
  /** Of what is seen of them. */
  readonly seenShape: ImageShape;
  /** What is seen of images: A x. */
  readonly degrade: (images: tf.Tensor4D) => tf.Tensor4D;
  /**
   * The smallest images of which this is seen: A⁺ y.
   *
   * @param trust how much of a direction is taken, 0 to 1, by its gain: how many times smaller A makes it. By default all
   *   of each, which is found faster.
   * @throws ArgumentError `too-large` where gains of that many directions take too long to find.
   */
  readonly restore: (seen: tf.Tensor4D, trust?: Trust) => tf.Tensor4D;
  /**
   * Images of which about this is seen, without any model: where returns begin. Smooth where {@link restore} is not.
   */
  readonly guess: (seen: tf.Tensor4D) => tf.Tensor4D;
  /** What counts of images that are given as seen: a mask hides some. @defaultValue all */
  readonly visible?: (given: tf.Tensor4D) => tf.Tensor4D;
};

export type Trust = (gain: number) => number;

/** A degradation of images of any shape. */
export type Degrade = {
  /** How many times smaller images became, in height and in width. */
  readonly factor: number;
  /** @throws ArgumentError where it has no meaning for a shape */
  readonly of: (imageShape: ImageShape) => Degradation;
};

export type Projecting = {
  /** What was seen, y. */
  readonly seen: tf.Tensor4D;
  readonly trust?: Trust | undefined;
};

/**
 * The images nearest to others of which exactly this is seen: `x - A⁺ (A x - y)`.
 *
 * @see Wang et al. 2022, arXiv:2212.00490, equation 11, and 19 for what is trusted by halves.
 */
export const project = (
  { degrade, restore }: Degradation,
  images: tf.Tensor4D,
  { seen, trust }: Projecting,
): tf.Tensor4D => tf.tidy(() => tf.sub(images, restore(tf.sub(degrade(images), seen), trust)));

/**
 * How much is taken of what was seen through noise. An estimate from images at level `sigma` is off by about as much, and
 * what was seen is off by `noise / gain` in a direction: above that, all of it is taken, below only a share.
 *
 * @param noise its standard deviation, in [-1, 1], in which white is 2 from black.
 * @see Wang et al. 2022, arXiv:2212.00490, equation 19, with our sigma for σ_t / a_t.
 */
export const trustThroughNoise = (noise: number, sigma: number): Trust | undefined =>
  noise === 0 ? undefined : (gain) => Math.min(1, (sigma * gain) / noise);
