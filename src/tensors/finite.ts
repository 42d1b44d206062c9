import * as tf from '@tensorflow/tfjs-core';

/*
 * A sum is finite only if all it is made of is finite, or if it overflows, which float32 images cannot make it do. One
 * pass and one number to read: below 1 % of what the smallest network takes.
 */

/** Backends that can only be read by waiting. */
const WAITING = new Set(['webgpu']);

/** Whether tensors can be read without waiting on the backend that is set. */
export const isReadableNow = (): boolean => !WAITING.has(tf.getBackend());

/** Whether all numbers of a float32 tensor are finite; it is left alone. For backends that can be read at once. */
export const isFiniteNow = (x: tf.Tensor): boolean => tf.tidy(() => Number.isFinite(tf.sum(x).dataSync()[0]));

/** As {@link isFiniteNow}, by waiting. */
export const isFiniteLater = async (x: tf.Tensor): Promise<boolean> => {
  const sum = tf.sum(x);
  try {
    return Number.isFinite((await sum.data())[0]);
  } finally {
    sum.dispose();
  }
};

/** The rows of a batch that hold a number which is not finite. */
export const brokenRows = (values: ArrayLike<number>, count: number): number[] => {
  const size = values.length / count;
  const isBroken = (row: number): boolean => {
    for (let i = row * size; i < (row + 1) * size; i += 1) if (!Number.isFinite(values[i])) return true;
    return false;
  };
  return Array.from({ length: count }, (_, row) => row).filter(isBroken);
};
