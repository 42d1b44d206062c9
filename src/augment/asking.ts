import type * as tf from '@tensorflow/tfjs-core';
import type { Evaluation } from '../solvers/index.ts';

/** What work needs from outside: an answer of the network, or the values of a tensor. */
export type Ask =
  | { readonly evaluate: Evaluation; readonly labels?: readonly number[] | undefined }
  | { readonly read: tf.Tensor };
export type Answer = tf.Tensor4D | Float32Array | Int32Array;

/**
 * Work that asks. A generator, so that the same work serves `dataset.map`, which may not wait, and `dataset.mapAsync`,
 * which must not block; see `drive` and `driveAsync`.
 */
export type Asking<Result> = Generator<Ask, Result, Answer>;

/** The values of a tensor, which is left alone. */
export function* readTensor(tensor: tf.Tensor): Asking<Float32Array | Int32Array> {
  return (yield { read: tensor }) as Float32Array | Int32Array;
}

/** The values of a tensor, which is disposed. */
export function* takeTensor(tensor: tf.Tensor): Asking<Float32Array> {
  try {
    return (yield { read: tensor }) as Float32Array;
  } finally {
    tensor.dispose();
  }
}
