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
 * tap is the same row from another pixel on: nothing is gathered, and what came back is packed for one product only,
 * as wasm remembers the right side of the last ones.
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
  const right = tf.slice(tf.reshape(back, [length, outChannels]), [0, 0], [kept, outChannels]);
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, n) => {
    const start = Math.floor(n / filterWidth) * width + (n % filterWidth);
    return tf.matMul(tf.slice(channelsFirst, [0, start], [inChannels, kept]), right);
  });
  return tf.reshape(tf.stack(taps), filterShape);
};

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
  const around = [
    filterHeight - 1 - padInfo.top,
    inHeight - spread.shape[1] + padInfo.top,
    filterWidth - 1 - padInfo.left,
    inWidth - spread.shape[2] + padInfo.left,
  ] as const;
  if (Math.min(...around) < 0) return undefined;
  const turned = tf.transpose(tf.reverse(taps, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
  return tf.conv2d(padSpace(spread, around), turned, 1, 'valid');
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
