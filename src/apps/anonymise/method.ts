import type * as tf from '@tensorflow/tfjs-core';

/** What a method is asked for. */
export type MethodCall = {
  /** Numbers of the images in the whole set: an image becomes the same copy in any batch. */
  readonly places: readonly number[];
  /** Another one gives other copies, where chance has a part; those of 0 are handed on. */
  readonly draw: number;
};

/**
 * Makes copies of images, float32 `[N, h, w, c]` in [0, 1], which stay the caller's.
 *
 * @returns as many copies of the same shape, owned by the caller.
 */
export type Method = (images: tf.Tensor4D, call: MethodCall) => Promise<tf.Tensor4D>;
