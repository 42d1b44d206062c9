import * as tf from '@tensorflow/tfjs-core';
import { oneRow, type Trained } from './trained.ts';

export type AdamWOptions = {
  readonly learningRate: number;
  /** @defaultValue 0.9 */
  readonly beta1?: number;
  /** @defaultValue 0.99 */
  readonly beta2?: number;
  /** Taken from every parameter in each step, times the learning rate. */
  readonly weightDecay: number;
  /** Gradients longer than this, all together, are shortened to it. */
  readonly clipNorm: number;
  /** Of the moving average of the parameters. */
  readonly ema: number;
};

/** What a step would make of the rows. */
export type Update = {
  readonly rows: Readonly<Record<keyof Trained['rows'], tf.Tensor>>;
  /** Length of all gradients together, before it is bounded. */
  readonly norm: tf.Scalar;
  /** 0 where all rows are finite, else NaN. */
  readonly rest: tf.Scalar;
};

const EPSILON = 1e-8;

/**
 * One step of AdamW on all parameters, and of their moving average; nothing is assigned yet. All of them are one row:
 * a hundred small operations for each of them would take longer than the network.
 *
 * @param gradients in the order of the parameters; left alone.
 * @param step from 1 on.
 * @returns tensors owned by the caller.
 * @see Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
 */
export const adamWStep = (
  { rows }: Trained,
  gradients: readonly tf.Tensor[],
  { step, ...options }: AdamWOptions & { readonly step: number },
): Update =>
  tf.tidy(() => {
    const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay } = options;
    const decay = Math.min(options.ema, (1 + step) / (10 + step)); // the first steps are soon forgotten
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    const epsilon = EPSILON * Math.sqrt(1 - beta2 ** step);
    const row = oneRow(gradients);
    const norm = lengthOf(row);
    const gradient = tf.tidy(() => tf.mul(row, clipFactor(norm, options.clipNorm)));
    const blend = (old: tf.Tensor, share: number, fresh: () => tf.Tensor): tf.Tensor =>
      tf.tidy(() => tf.add(tf.mul(old, share), tf.mul(fresh(), 1 - share)));
    const first = blend(rows.first, beta1, () => gradient);
    const second = blend(rows.second, beta2, () => tf.square(gradient));
    const parameter = tf.tidy(() => {
      const move = tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), rate);
      return tf.sub(tf.mul(rows.parameter, 1 - learningRate * weightDecay), move);
    });
    const average = blend(rows.average, decay, () => parameter);
    return { rows: { parameter, first, second, average }, norm, rest: tf.add(nought(average), nought(second)) };
  });

/** What is not finite times 0 is NaN. The average holds the parameters, which hold the first moments. */
const nought = (row: tf.Tensor): tf.Scalar => tf.tidy(() => tf.sum(tf.mul(row, 0)));

/** Summed by pieces first, since a sum of millions of numbers one by one would lose digits. */
const lengthOf = (row: tf.Tensor1D): tf.Scalar =>
  tf.tidy(() => {
    const pieces = Math.ceil(row.size / PIECE);
    const squares = tf.pad(tf.square(row), [[0, pieces * PIECE - row.size]]);
    return tf.sqrt(tf.sum(tf.sum(tf.reshape(squares, [pieces, PIECE]), 1)));
  });

const PIECE = 1024;

/** What gradients are multiplied by so that all of them together are no longer than `clipNorm`. */
const clipFactor = (norm: tf.Scalar, clipNorm: number): tf.Tensor =>
  tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6)));
