import * as tf from '@tensorflow/tfjs-core';
import type { Vectors } from './embedder.ts';

/** Rows that are multiplied at a time: what a hundred million similarities would take is never held. */
const ROWS = 256;

/**
 * The cosine similarity of every vector to every other one, in [-1, 1], a row at a time.
 *
 * @param see gets the number of a row and its similarities to all of `others`, which are another row's when it returns. It is not
 *   called where nobody was found in any image of either.
 */
export const eachSimilarity = async (
  vectors: Vectors,
  others: Vectors,
  see: (row: number, similarities: Float32Array) => void,
): Promise<void> => {
  const { count, width, data } = vectors;
  if (width === 0 || others.width === 0) return; // nobody was found in any image
  const columns = tf.tensor2d(others.data, [others.count, width]);
  try {
    for (let from = 0; from < count; from += ROWS) {
      const size = Math.min(ROWS, count - from);
      const product = tf.tidy(() =>
        tf.matMul(tf.tensor2d(data.subarray(from * width, (from + size) * width), [size, width]), columns, false, true),
      );
      const values = await product.data<'float32'>();
      product.dispose();
      for (let n = 0; n < size; n += 1) see(from + n, values.subarray(n * others.count, (n + 1) * others.count));
    }
  } finally {
    columns.dispose();
  }
};
