import * as tf from '@tensorflow/tfjs-core';
import type { NetOps } from '../../networks/ops.ts';
import { activations } from './activations.ts';
import { attend, attention, linear } from './attention.ts';
import { conv2d } from './conv2d.ts';
import { groupNorm } from './groupNorm.ts';
import { rowOps } from './rows.ts';
import { upsample2x, upsampleLike } from './upsample.ts';

const overSpace = (vector: tf.Tensor): tf.Tensor => {
  const [count = 0, channels = 0] = vector.shape;
  return tf.reshape(vector, [count, 1, 1, channels]);
};

/**
 * The operations of a network on tensors, NHWC, on whichever backend is set; all of them can be differentiated. They
 * leave intermediate tensors behind, but for those within a `part`: call them in a tidy. Parameters are in the layout of `tfjsParameters`.
 */
export const tfjsOps: NetOps<tf.Tensor> = {
  conv2d,
  linear,
  groupNorm,
  activate: (x, activation) => activations[activation](x),
  add: (a, b) => tf.add(a, b),
  multiply: (a, b) => tf.mul(a, b),
  affine: (x, factor, offset) => {
    const scaled = factor === 1 ? x : tf.mul(x, factor);
    return offset === 0 ? scaled : tf.add(scaled, offset);
  },
  addVector: (x, vector) => tf.add(x, overSpace(vector)),
  modulate: (x, scaleShift) => {
    const [scale, shift] = tf.split(overSpace(scaleShift), 2, -1) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.mul(x, tf.add(scale, 1)), shift);
  },
  concatChannels: (a, b) => tf.concat([a, b], -1),
  upsample2x: (x) => upsample2x(x as tf.Tensor4D),
  upsampleLike: (x, like) => upsampleLike(x as tf.Tensor4D, like as tf.Tensor4D),
  averagePool2x: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
  attention,
  attend,
  ...rowOps,
  sinusoid: (timesteps, frequencies, order) => {
    const angles = tf.mul(
      tf.expandDims(tf.cast(timesteps, 'float32'), 1),
      tf.tensor2d([...frequencies], [1, frequencies.length]),
    );
    const [sines, cosines] = [tf.sin(angles), tf.cos(angles)];
    return tf.concat(order === 'sin-cos' ? [sines, cosines] : [cosines, sines], 1);
  },
  part: (compute) => tf.tidy(compute),
};
