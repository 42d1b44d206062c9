import * as tf from '@tensorflow/tfjs-core';
import type { NetOps } from '../../networks/ops.ts';

/** Keeps tensors for the gradient; tfjs-core does not export its type. */
type Keep = (tensors: tf.Tensor[]) => void;

/**
 * Normalisation over groups of channels and all of space, in two passes: first the mean, then the variance of what is
 * centred, since E[x²] - E[x]² loses all digits where the mean is large.
 *
 * It brings its own gradient: the one that follows from its parts takes several times as long, above all on wasm.
 *
 * @see Wu and He 2018, arXiv:1803.08494, equations 1 and 2.
 */
export const groupNorm: NetOps<tf.Tensor>['groupNorm'] = (x, scale, shift, { groups, epsilon }) =>
  tf.customGrad((...inputs) => {
    const [images, factor, offset, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, Keep];
    const centred = tf.sub(images, groupMean(channelMean(images), groups));
    const variance = groupMean(
      tf.tidy(() => channelMean(tf.square(centred))),
      groups,
    );
    const precision = tf.rsqrt(tf.add(variance, epsilon));
    save([centred, precision, factor]);
    return {
      value: tf.add(tf.mul(centred, tf.mul(precision, factor)), offset),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        gradients(dy, saved as [tf.Tensor, tf.Tensor, tf.Tensor], groups),
    };
  })(x, scale, shift);

/**
 * With x̂ = centred · precision and ∂x̂ = dy · scale: ∂x = precision · (∂x̂ - mean(∂x̂) - x̂ · mean(∂x̂ · x̂)), means over the
 * group. All of them follow from two means over space.
 */
const gradients = (
  dy: tf.Tensor,
  [centred, precision, scale]: readonly [tf.Tensor, tf.Tensor, tf.Tensor],
  groups: number,
): tf.Tensor[] => {
  const [, height = 0, width = 0] = dy.shape;
  const along = tf.mul(channelMean(tf.mul(dy, centred)), precision); // mean of dy · x̂
  const level = channelMean(dy);
  const pull = tf.mul(groupMean(tf.mul(along, scale), groups), tf.square(precision));
  const drift = tf.mul(groupMean(tf.mul(level, scale), groups), precision);
  const dx = tf.sub(tf.sub(tf.mul(dy, tf.mul(precision, scale)), drift), tf.mul(centred, pull));
  const total = (means: tf.Tensor): tf.Tensor => tf.mul(tf.sum(means, [0, 1, 2]), height * width);
  return [dx, total(along), total(level)];
};

/**
 * `[N, 1, 1, C]`: the mean over space, by pooling over a window as large as the image: it needs no transpose, and on
 * wasm it is four to ten times faster than a mean over axes.
 */
export const channelMean = (x: tf.Tensor): tf.Tensor => {
  const [, height = 0, width = 0] = x.shape;
  return tf.avgPool(x as tf.Tensor4D, [height, width], 1, 'valid');
};

/** For each channel the mean of its group. */
export const groupMean = (perChannel: tf.Tensor, groups: number): tf.Tensor => {
  const [count = 0, , , channels = 0] = perChannel.shape;
  const perGroup = tf.mean(tf.reshape(perChannel, [count, groups, channels / groups]), 2, true);
  return tf.reshape(tf.tile(perGroup, [1, 1, channels / groups]), [count, 1, 1, channels]);
};
