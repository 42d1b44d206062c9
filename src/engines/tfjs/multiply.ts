import * as tf from '@tensorflow/tfjs-core';

/** From this many multiplications in a product on, wasm gains more from its fast kernel than taking batches apart costs. */
const WORTH_TAKING_APART = 1e6;

/**
 * Products of matrices `[B, n, k]` and `[B, k, m]`. On wasm the fast kernel is only for single products: a batch of
 * them runs at about a tenth of its speed.
 */
export const multiply = (a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D => {
  const [count, rows, inner] = a.shape;
  const small = count === 1 || rows * inner * b.shape[2] < WORTH_TAKING_APART;
  if (small || tf.getBackend() !== 'wasm') return tf.matMul(a, b);
  const right = tf.unstack(b) as tf.Tensor2D[];
  const products = (tf.unstack(a) as tf.Tensor2D[]).map((left, i) => tf.matMul(left, right[i] as tf.Tensor2D));
  return tf.stack(products) as tf.Tensor3D;
};
