import * as tf from '@tensorflow/tfjs-core';

/**
 * Classes as rows of shares, all on the own class: what `tf.oneHot` makes, which refuses a single class.
 *
 * @param labels each a whole number of at least 0 and below `classes`.
 * @returns float32 `[labels, classes]`, owned by the caller.
 */
export const classRows = (labels: readonly number[], classes: number): tf.Tensor2D => {
  const rows = new Float32Array(labels.length * classes);
  for (const [n, label] of labels.entries()) rows[n * classes + label] = 1;
  return tf.tensor2d(rows, [labels.length, classes]);
};
