import type * as tf from '@tensorflow/tfjs-core';
import type { Condition, Model } from '../models/model.ts';
import type { Evaluation } from '../solvers/index.ts';
import type { ImageKey } from './address.ts';

/** What the network is told beside images. */
export type Told = {
  readonly condition?: Condition | undefined;
  /**
   * How strongly images are led to their condition: the network is asked for what leads away, the first half of the
   * condition, and for what it leads to, the second, at once. Absent: the condition is for the images alone.
   */
  readonly guidance?: number | undefined;
};

/** A question to a network. */
export type AskNetwork = Told & {
  readonly model: Model;
  readonly evaluate: Evaluation;
  /** The images that walk, for whoever must name them. */
  readonly keys: readonly ImageKey[];
};

/** Images to be encoded, or latents to be decoded; see `Model`. */
export type AskCoder = {
  readonly model: Model;
  readonly way: 'encode' | 'decode';
  readonly code: tf.Tensor4D;
  readonly keys: readonly ImageKey[];
};

/** Prompts of which embeddings are wanted; see `TextSpace`. */
export type AskText = { readonly model: Model; readonly prompts: readonly string[] };

/**
 * What work needs from outside: an answer of a network, the values of a tensor, or what somebody promised; work that
 * cannot wait goes on without that where it is optional.
 */
export type Ask =
  | AskNetwork
  | AskCoder
  | AskText
  | { readonly read: tf.Tensor }
  | {
      readonly wait: PromiseLike<unknown>;
      readonly isOptional?: true;
      /** Whose promise it is, for who may not wait. */
      readonly whose?: string;
    };

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
