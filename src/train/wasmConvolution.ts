import * as tf from '@tensorflow/tfjs-core';

export type ConvolutionAttributes = {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
};

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Shape = [number, number, number, number];

/**
 * The gradient of a convolution for its filter: for each tap, the pixels under it times what came back, summed over
 * all positions.
 *
 * With what came back spread to the size of the padded images, all of a batch is one long row of pixels, and another
 * tap is the same row from another pixel on: nothing is gathered, and what came back is packed once for all taps, as
 * wasm remembers the right side of the last products. The row is taken in runs that a processor's cache holds.
 */
export const filterGradient = (
  { x, dy }: Inputs,
  { strides, pad, dimRoundingMode, filterShape }: ConvolutionAttributes & { readonly filterShape: Shape },
): tf.Tensor => {
  const images = x as tf.Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(images.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const padded = padSpace(images, [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right]);
  const [count, height, width] = padded.shape;
  const spread = spreadOut(dy as tf.Tensor4D, info);
  const back = padSpace(spread, [0, height - spread.shape[1], 0, width - spread.shape[2]]);
  const length = count * height * width;
  const kept = length - (filterHeight - 1) * width - (filterWidth - 1);
  const channelsFirst = tf.transpose(tf.reshape(padded, [length, inChannels]));
  const pixels = tf.reshape(back, [length, outChannels]);
  let sums: tf.Tensor[] | undefined;
  for (let at = 0; at < kept; at += RUN) {
    const run = Math.min(RUN, kept - at);
    const right = tf.slice(pixels, [at, 0], [run, outChannels]);
    const taps = Array.from({ length: filterHeight * filterWidth }, (_, n) => {
      const start = at + Math.floor(n / filterWidth) * width + (n % filterWidth);
      return tf.matMul(tf.slice(channelsFirst, [0, start], [inChannels, run]), right);
    });
    sums = sums?.map((sum, n) => tf.add(sum, taps[n] as tf.Tensor)) ?? taps;
  }
  return tf.reshape(tf.stack(sums ?? []), filterShape);
};

/** So many pixels are multiplied at a time. */
const RUN = 2 ** 14;

/**
 * The gradient of a convolution for its images: a convolution of what came back, spread out, with the filter turned
 * round. Undefined where the backend's own kernel has to compute it.
 */
export const imageGradient = (
  { dy, filter }: Inputs,
  attributes: ConvolutionAttributes & { readonly inputShape: Shape; readonly dataFormat?: string },
): tf.Tensor | undefined => {
  const { strides, pad, dimRoundingMode, inputShape, dataFormat = 'NHWC' } = attributes;
  if (dataFormat !== 'NHWC') return undefined;
  const taps = filter as tf.Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(inputShape, taps.shape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, padInfo, inHeight, inWidth } = info;
  const spread = spreadOut(dy as tf.Tensor4D, info);
  const [top, left] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left];
  const [bottom, right] = [inHeight - spread.shape[1] + padInfo.top, inWidth - spread.shape[2] + padInfo.left];
  if (Math.min(top, bottom, left, right) < 0) return undefined;
  const around: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.conv2d(spread, turnedRound(taps), 1, around);
};

/** The taps of a filter in the opposite order, each transposed. */
const turnedRound = (filter: tf.Tensor4D): tf.Tensor4D => {
  const [height, width, inChannels, outChannels] = filter.shape;
  const count = height * width;
  const backwards = tf.range(count - 1, -1, -1, 'int32'); // wasm's reverse goes value by value
  const taps = tf.gather(tf.reshape(filter, [count, inChannels * outChannels]), backwards);
  const turned = tf.transpose(tf.reshape(taps, [count, inChannels, outChannels]), [0, 2, 1]);
  return tf.reshape(turned, [height, width, outChannels, inChannels]);
};

/** What came back of a convolution with strides, at the places of the images, and zeros between them. */
const spreadOut = (dy: tf.Tensor4D, { strideHeight, strideWidth }: tf.backend_util.Conv2DInfo): tf.Tensor4D => {
  if (strideHeight * strideWidth === 1) return dy;
  const [count, height, width, channels] = dy.shape;
  const between = (stride: number): [number, number][] => [
    [0, 0],
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ];
  const along = tf.pad(tf.reshape(dy, [count * height, width, 1, channels]), between(strideWidth));
  const down = tf.pad(tf.reshape(along, [count, height, 1, width * strideWidth * channels]), between(strideHeight));
  const spread = tf.reshape(down, [count, height * strideHeight, width * strideWidth, channels]);
  const size = [count, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels];
  return tf.slice(spread, [0, 0, 0, 0], size) as tf.Tensor4D;
};

type Sides = readonly [top: number, bottom: number, left: number, right: number];

const padSpace = (x: tf.Tensor4D, [top, bottom, left, right]: Sides): tf.Tensor4D =>
  Math.max(top, bottom, left, right) === 0
    ? x
    : tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
