import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import type { Evaluation } from '../solvers/index.ts';
import type { ImageKey } from './address.ts';

/** A question to a network. */
export type AskNetwork = {
  readonly model: Model;
  readonly evaluate: Evaluation;
  readonly labels?: readonly number[] | undefined;
  /** The images that walk, for whoever must name them. */
  readonly keys: readonly ImageKey[];
};

/** What work needs from outside: an answer of a network, the values of a tensor, or what somebody promised. */
export type Ask = AskNetwork | { readonly read: tf.Tensor } | { readonly wait: PromiseLike<unknown> };

/**
 * Work that asks. A generator, so that the same work serves `dataset.map`, which may not wait, and `dataset.mapAsync`,
 * which must not block; see `drive` and `driveAsync`.
 */
export type Asking<Result> = Generator<Ask, Result, unknown>;

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

/** What the caller's own code answers, at once or as a promise. */
export function* awaited<T>(answer: T | PromiseLike<T>): Asking<T> {
  return isPromise(answer) ? ((yield { wait: answer }) as T) : answer;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
