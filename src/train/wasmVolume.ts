import * as tf from '@tensorflow/tfjs-core';
import { type Place, spreadTo } from './wasmSpread.ts';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Shape = [number, number, number, number, number];
type Attributes = {
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid';
  readonly inputShape: Shape;
  readonly filterShape: Shape;
};

/**
 * The gradient of a convolution of volumes for its volumes; the one that wasm brings is wrong. Each tap gives what
 * came back, times itself, to the places that lay under it.
 */
export const volumeGradient = ({ dy, filter }: Inputs, attributes: Omit<Attributes, 'filterShape'>): tf.Tensor => {
  const { strides, pad, inputShape } = attributes;
  const taps = filter as tf.Tensor5D;
  const info = tf.backend_util.computeConv3DInfo(inputShape, taps.shape, strides, 1, pad);
  const { batchSize, outDepth, outHeight, outWidth, inChannels, outChannels, padInfo } = info;
  const back = tf.reshape(dy as tf.Tensor, [-1, outChannels]);
  const given = eachTap(info, (starts, places) => {
    const tap = tf.reshape(tf.slice(taps, [...starts, 0, 0] as Shape, [1, 1, 1, inChannels, outChannels]), [
      inChannels,
      outChannels,
    ]);
    const values = tf.matMul(back, tap, false, true);
    return spreadTo(tf.reshape(values, [batchSize, outDepth, outHeight, outWidth, inChannels]), places);
  });
  const whole = given.reduce((sum, next) => tf.add(sum, next));
  return tf.slice(whole, [0, padInfo.front, padInfo.top, padInfo.left, 0], inputShape);
};

/**
 * The gradient for its filter, where there are strides: wasm's own is wrong with them. For each tap, the values under
 * it times what came back, summed over all positions.
 */
export const volumeFilterGradient = (
  { x, dy }: Inputs,
  { strides, pad, filterShape }: Omit<Attributes, 'inputShape'>,
): tf.Tensor | undefined => {
  const volumes = x as tf.Tensor5D;
  const info = tf.backend_util.computeConv3DInfo(volumes.shape, filterShape, strides, 1, pad);
  if (info.strideDepth * info.strideHeight * info.strideWidth === 1) return undefined;
  const { inChannels, outChannels, padInfo } = info;
  const padded = tf.pad(volumes, [
    [0, 0],
    [padInfo.front, padInfo.back],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]);
  const values = tf.reshape(padded, [-1, inChannels]);
  const taps = eachTap(info, (_, places) =>
    tf.matMul(values, tf.reshape(spreadTo(dy as tf.Tensor, places), [-1, outChannels]), true),
  );
  return tf.reshape(tf.stack(taps), filterShape);
};

const eachTap = <T>(
  info: tf.backend_util.Conv3DInfo,
  each: (starts: readonly number[], places: readonly Place[]) => T,
): T[] => {
  const { filterDepth, filterHeight, filterWidth, padInfo } = info;
  const sizes = [
    info.inDepth + padInfo.front + padInfo.back,
    info.inHeight + padInfo.top + padInfo.bottom,
    info.inWidth + padInfo.left + padInfo.right,
  ];
  const strides = [info.strideDepth, info.strideHeight, info.strideWidth];
  return Array.from({ length: filterDepth * filterHeight * filterWidth }, (_, n) => {
    const starts = [
      Math.floor(n / (filterHeight * filterWidth)),
      Math.floor(n / filterWidth) % filterHeight,
      n % filterWidth,
    ];
    const places = starts.map((start, axis) => ({
      start,
      stride: strides[axis] as number,
      size: sizes[axis] as number,
    }));
    return each(starts, places);
  });
};
