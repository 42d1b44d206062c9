import * as tf from '@tensorflow/tfjs-core';

/**
 * Peak signal to noise ratio of each image to the true one at its place: how many times white is more than the root mean
 * square difference.
 *
 * @param images float32 `[N, H, W, C]` in [0, 1], as `originals` are; both left alone.
 * @returns `[N]` in dB, owned by the caller; infinite where images are equal.
 */
export const psnr = (images: tf.Tensor4D, originals: tf.Tensor4D): tf.Tensor1D =>
  tf.tidy(() => {
    const squares = tf.mean(tf.squaredDifference(images, originals), [1, 2, 3]);
    return tf.mul<tf.Tensor1D>(tf.log(squares), -10 / Math.LN10);
  });
