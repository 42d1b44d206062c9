import * as tf from '@tensorflow/tfjs-core';
import { pick } from '../errors.ts';
import type { Level } from '../noise/leg.ts';
import { perImage } from './levels.ts';

/** What the output of a network means: the noise, a mix of noise and image, or the image. */
export type Prediction = 'epsilon' | 'v_prediction' | 'sample';

/**
 * The clean images, as a network sees them in noisy ones.
 *
 * @param x float32 `[N, H, W, C]`, clean + sigma * epsilon.
 * @param timestep what to tell the network instead of the timestep at sigma, if the leg says so.
 * @returns a new tensor of the shape of x, not clipped, owned by the caller.
 */
export type Denoiser = (x: tf.Tensor4D, sigma: Level, timestep?: number) => tf.Tensor4D;

/** The variance-preserving images that a network was trained on: x / sqrt(1 + sigma²), a new tensor. */
export const networkInput = (x: tf.Tensor4D, sigma: Level): tf.Tensor4D =>
  tf.tidy(() =>
    tf.mul(
      x,
      perImage((s) => 1 / Math.sqrt(1 + s * s), sigma),
    ),
  );

type Reading = (x: tf.Tensor4D, sigma: Level, output: tf.Tensor4D) => tf.Tensor4D;

const READINGS: Readonly<Record<Prediction, Reading>> = {
  epsilon: (x, sigma, output) => tf.sub(x, tf.mul(output, asFactor(sigma))),
  v_prediction: (x, sigma, output) => {
    const signal = perImage((s) => 1 / (1 + s * s), sigma);
    const noise = perImage((s) => s / Math.sqrt(1 + s * s), sigma);
    return tf.sub(tf.mul(x, signal), tf.mul(output, noise));
  },
  sample: (_, __, output) => tf.clone(output),
};

const asFactor = (sigma: Level): number | tf.Tensor4D => perImage((s) => s, sigma);

/** Refuses the name of a prediction that is not supported: `unknown-prediction`. */
export const checkPrediction = (prediction: string): void => {
  pick(READINGS, prediction, 'prediction');
};

/**
 * The clean images that a network's output stands for.
 *
 * @param x the images before {@link networkInput}.
 * @param output what the network said about `networkInput(x, sigma)`, of the shape of x.
 * @returns a new tensor, not clipped.
 * @throws ArgumentError `unknown-prediction`.
 * @see Salimans and Ho 2022, arXiv:2202.00512, appendix D, for the velocity.
 */
export const cleanEstimate = (
  prediction: Prediction,
  { x, sigma, output }: { readonly x: tf.Tensor4D; readonly sigma: Level; readonly output: tf.Tensor4D },
): tf.Tensor4D => tf.tidy(() => pick(READINGS, prediction, 'prediction')(x, sigma, output));
