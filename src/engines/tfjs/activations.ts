import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../../networks/ops.ts';

/** Keeps tensors for the gradient; tfjs-core does not export its type. */
type Keep = (tensors: tf.Tensor[]) => void;

/**
 * x · s with s = sigmoid(x). It brings its own gradient, dy · (s + y - y · s): the one that follows from its parts takes
 * half as many operations more, and keeps x.
 */
const silu = tf.customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [tf.Tensor, Keep];
  const open = tf.sigmoid(x);
  const value = tf.mul(x, open);
  save([open, value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, y] = saved as [tf.Tensor, tf.Tensor];
      return tf.mul(dy, tf.add(s, tf.sub(y, tf.mul(y, s))));
    },
  };
});

/** What each activation does to every element. */
export const activations: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  silu: (x) => silu(x),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  'quick-gelu': (x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
  relu: (x) => tf.relu(x),
  mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  tanh: (x) => tf.tanh(x),
};
