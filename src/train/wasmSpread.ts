import * as tf from '@tensorflow/tfjs-core';

/** Where values go along an axis of space: from `start` on, `stride` apart, in a row of `size`. */
export type Place = { readonly stride: number; readonly start: number; readonly size: number };

/**
 * The inverse of taking the values under a tap of a filter: they lie where they were taken, among zeros.
 *
 * @param values `[N, …space, C]`.
 * @param places one for each axis of space.
 */
export const spreadTo = (values: tf.Tensor, places: readonly Place[]): tf.Tensor =>
  places.reduce((spread, { stride, start, size }, n) => {
    const axis = n + 1;
    const outer = tf.util.sizeFromShape(spread.shape.slice(0, axis));
    const length = spread.shape[axis] as number;
    const inner = tf.util.sizeFromShape(spread.shape.slice(axis + 1));
    const apart = tf.pad(tf.reshape(spread, [outer, length, 1, inner]), [
      [0, 0],
      [0, 0],
      [0, stride - 1],
      [0, 0],
    ]);
    const reach = (length - 1) * stride + 1;
    const dense = tf.slice(tf.reshape(apart, [outer, length * stride, inner]), [0, 0, 0], [outer, reach, inner]);
    const placed = tf.pad(dense, [
      [0, 0],
      [start, size - start - reach],
      [0, 0],
    ]);
    return tf.reshape(placed, [...spread.shape.slice(0, axis), size, ...spread.shape.slice(axis + 1)]);
  }, values);
