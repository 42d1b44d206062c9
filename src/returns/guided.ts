import * as tf from '@tensorflow/tfjs-core';

/** The images of a batch twice, for a network that is asked for both sides at once. */
export const twice = (x: tf.Tensor4D): tf.Tensor4D => tf.concat([x, x]);

/**
 * What the network says in the end, from what it said of both sides.
 *
 * @param outputs `[2N, …]`: first what leads away, then what leads to.
 * @returns `from + guidance * (to - from)`, `[N, …]`.
 * @see Ho and Salimans 2022, arXiv:2207.12598, equation 6, with 1 + w for guidance.
 */
export const guided = (outputs: tf.Tensor4D, guidance: number): tf.Tensor4D =>
  tf.tidy(() => {
    const [from, to] = tf.split(outputs, 2) as [tf.Tensor4D, tf.Tensor4D];
    return tf.add(from, tf.mul(tf.sub(to, from), guidance));
  });
