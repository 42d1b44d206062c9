import * as tf from '@tensorflow/tfjs-core';
import { oneRow, type Trained } from './trained.ts';

export type AdamWOptions = {
  readonly learningRate: number;
  /** @defaultValue 0.9 */
  readonly beta1?: number;
  /** @defaultValue 0.99 */
  readonly beta2?: number;
  /** Taken from every parameter in each step, times the learning rate. @defaultValue 0.01 */
  readonly weightDecay?: number;
  /** Gradients longer than this, all together, are shortened to it. @defaultValue 1 */
  readonly clipNorm?: number;
  /** Of the moving average of the parameters. */
  readonly ema: number;
};

const EPSILON = 1e-8;

/**
 * One step of AdamW on all parameters, and of their moving average. All of them are one row: a hundred small operations
 * for each of them would take longer than the network.
 *
 * @param gradients in the order of the parameters; left alone.
 * @param step from 1 on.
 * @see Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
 */
export const adamWStep = (
  { rows: { parameter, first, second, average } }: Trained,
  gradients: readonly tf.Tensor[],
  step: number,
  options: AdamWOptions,
): void =>
  tf.tidy(() => {
    const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay = 0.01, clipNorm = 1 } = options;
    const decay = Math.min(options.ema, (1 + step) / (10 + step)); // the first steps are soon forgotten
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    const epsilon = EPSILON * Math.sqrt(1 - beta2 ** step);
    const gradient = tf.mul(oneRow(gradients), clipFactor(gradients, clipNorm));
    first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const move = tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), rate);
    parameter.assign(tf.sub(tf.mul(parameter, 1 - learningRate * weightDecay), move));
    average.assign(tf.add(tf.mul(average, decay), tf.mul(parameter, 1 - decay)));
  });

/**
 * What gradients are multiplied by so that all of them together are no longer than `clipNorm`. Each is summed on its
 * own, since a sum of millions of numbers one by one would lose digits.
 */
const clipFactor = (gradients: readonly tf.Tensor[], clipNorm: number): tf.Scalar => {
  const squares = tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient))));
  const norm = tf.sqrt(tf.sum(squares));
  return tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6))) as tf.Scalar;
};
