import * as tf from '@tensorflow/tfjs-core';
import type { ConvOptions, NetOps } from '../../networks/ops.ts';

/** Convolution with a filter `[kh, kw, in, out]`; see `NetOps`. */
export const conv2d: NetOps<tf.Tensor>['conv2d'] = (x, weight, bias, { stride, padding }) => {
  const same = staysInSize(weight.shape, stride, padding);
  return tf.fused.conv2d({
    x: (same ? x : pad(x, padding)) as tf.Tensor4D,
    filter: weight as tf.Tensor4D,
    strides: stride,
    pad: same ? 'same' : 'valid', // tfjs-node knows only these two
    ...(bias ? { bias } : {}),
  });
};

const staysInSize = (filter: readonly number[], stride: number, padding: ConvOptions['padding']): boolean => {
  const [height = 0, width = 0] = filter;
  const around = [height, height, width, width].map((size) => (size - 1) / 2);
  return stride === 1 && around.every((pixels, side) => pixels === padding[side]);
};

const pad = (x: tf.Tensor, [top, bottom, left, right]: ConvOptions['padding']): tf.Tensor =>
  tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
