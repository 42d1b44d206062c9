import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from './wasmConvolution.ts';
import { spreadTo } from './wasmSpread.ts';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Shape = [number, number, number, number];
type Attributes = ConvolutionAttributes & { readonly dilations?: number | [number, number] };
type Info = tf.backend_util.Conv2DInfo;

/**
 * The gradient of a depthwise convolution for its filter: for each tap, the pixels under it times what came back,
 * summed over all positions.
 */
export const depthwiseFilterGradient = (
  { x, dy }: Inputs,
  { filterShape, ...attributes }: Attributes & { readonly filterShape: Shape },
): tf.Tensor => {
  const images = x as tf.Tensor4D;
  const info = infoOf(images.shape, filterShape, attributes);
  const padded = tf.pad(images, around(info));
  const [, , channels, multiplier] = filterShape;
  const back = tf.reshape(dy as tf.Tensor, [-1, channels, multiplier]);
  const taps = eachTap(info, (row, column) => {
    const under = tf.stridedSlice(padded, ...windowOf(info, row, column));
    return tf.sum(tf.mul(tf.reshape(under, [-1, channels, 1]), back), 0);
  });
  return tf.reshape(tf.stack(taps), filterShape);
};

/** The gradient for its images: each tap gives what came back, times itself, to the pixels that lay under it. */
export const depthwiseImageGradient = (
  { dy, filter }: Inputs,
  { inputShape, ...attributes }: Attributes & { readonly inputShape: Shape },
): tf.Tensor => {
  const taps = filter as tf.Tensor4D;
  const info = infoOf(inputShape, taps.shape, attributes);
  const [, , channels, multiplier] = taps.shape;
  const { batchSize, outHeight, outWidth, padInfo } = info;
  const back = tf.reshape(dy as tf.Tensor, [batchSize, outHeight, outWidth, channels, multiplier]);
  const given = eachTap(info, (row, column) => {
    const tap = tf.reshape(tf.slice(taps, [row, column, 0, 0], [1, 1, channels, multiplier]), [channels, multiplier]);
    return spreadTo(tf.sum(tf.mul(back, tap), 4), [
      {
        stride: info.strideHeight,
        start: row * info.dilationHeight,
        size: info.inHeight + padInfo.top + padInfo.bottom,
      },
      {
        stride: info.strideWidth,
        start: column * info.dilationWidth,
        size: info.inWidth + padInfo.left + padInfo.right,
      },
    ]);
  });
  const whole = given.reduce((sum, next) => tf.add(sum, next));
  return tf.slice(whole, [0, padInfo.top, padInfo.left, 0], inputShape);
};

const infoOf = (images: Shape, filter: Shape, { strides, pad, dilations = 1, dimRoundingMode }: Attributes): Info =>
  tf.backend_util.computeConv2DInfo(images, filter, strides, dilations, pad, dimRoundingMode, true);

const eachTap = <T>({ filterHeight, filterWidth }: Info, each: (row: number, column: number) => T): T[] =>
  Array.from({ length: filterHeight * filterWidth }, (_, n) => each(Math.floor(n / filterWidth), n % filterWidth));

type Pairs = [number, number][];

const around = ({ padInfo: { top, bottom, left, right } }: Info): Pairs => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** Where the pixels lie, in the padded images, that a tap is laid on. */
const windowOf = (info: Info, row: number, column: number): [number[], number[], number[]] => {
  const { strideHeight, strideWidth, batchSize, outHeight, outWidth, inChannels } = info;
  const [top, left] = [row * info.dilationHeight, column * info.dilationWidth];
  const bottom = top + (outHeight - 1) * strideHeight + 1;
  const right = left + (outWidth - 1) * strideWidth + 1;
  return [
    [0, top, left, 0],
    [batchSize, bottom, right, inChannels],
    [1, strideHeight, strideWidth, 1],
  ];
};
