import * as tf from '@tensorflow/tfjs-core';
import type { NetOps } from '../../networks/ops.ts';

/**
 * Normalisation over groups of channels and all of space, in two passes: first the mean, then the variance of what is
 * centred, since E[x²] - E[x]² loses all digits where the mean is large.
 *
 * Space is averaged by pooling over a window as large as the image: it needs no transpose, and on wasm it is four to ten
 * times faster than a mean over axes.
 *
 * @see Wu and He 2018, arXiv:1803.08494, equations 1 and 2.
 */
export const groupNorm: NetOps<tf.Tensor>['groupNorm'] = (x, scale, shift, { groups, epsilon }) => {
  const centred = tf.sub(x, groupMean(x, groups));
  const variance = groupMean(tf.square(centred), groups);
  return tf.add(tf.mul(centred, tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale)), shift);
};

/** `[N, 1, 1, C]`: for each channel the mean of its group. */
const groupMean = (x: tf.Tensor, groups: number): tf.Tensor => {
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  const perChannel = tf.avgPool(x as tf.Tensor4D, [height, width], 1, 'valid');
  const perGroup = tf.mean(tf.reshape(perChannel, [count, groups, channels / groups]), 2, true);
  return tf.reshape(tf.tile(perGroup, [1, 1, channels / groups]), [count, 1, 1, channels]);
};
