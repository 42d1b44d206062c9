import * as tf from '@tensorflow/tfjs-core';

/**
 * Registers the kernels without which no convolutional network trains on wasm, made from those that it has. Where a
 * kernel is there already, nothing happens. Any tfjs model trains with them, not only denoisers.
 */
export const registerWasmTrainingKernels = (): void => {
  for (const [kernelName, compute] of Object.entries(KERNELS)) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) continue;
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compute(inputs as Inputs, (attrs ?? {}) as Attributes)),
    });
  }
};

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Attributes = {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
  readonly numSegments: number;
};

/**
 * The gradient of a convolution for its filter: for each tap, the pixels under it times what came back, summed over
 * all positions. Pixels are transposed once for all taps, since wasm multiplies transposed matrices slowly.
 */
const conv2dBackpropFilter = (
  { x, dy }: Inputs,
  { strides, pad, dimRoundingMode, filterShape }: Attributes,
): tf.Tensor => {
  const images = x as tf.Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(images.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth, inChannels, outChannels } = info;
  const { top, bottom, left, right } = info.padInfo;
  const padded = tf.pad(images, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const channelsFirst = tf.transpose(padded, [3, 0, 1, 2]);
  const back = tf.reshape(dy as tf.Tensor4D, [info.batchSize * outHeight * outWidth, outChannels]);
  const tap = (row: number, column: number): tf.Tensor => {
    const end = [
      inChannels,
      info.batchSize,
      row + (outHeight - 1) * strideHeight + 1,
      column + (outWidth - 1) * strideWidth + 1,
    ];
    const under = tf.stridedSlice(channelsFirst, [0, 0, row, column], end, [1, 1, strideHeight, strideWidth]);
    return tf.matMul(tf.reshape(under, [inChannels, info.batchSize * outHeight * outWidth]), back);
  };
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, n) =>
    tap(Math.floor(n / filterWidth), n % filterWidth),
  );
  return tf.reshape(tf.stack(taps), filterShape);
};

/** Rows summed by the segment that each belongs to: the gradient of a table that rows were looked up in. */
const unsortedSegmentSum = ({ x, segmentIds }: Inputs, { numSegments }: Attributes): tf.Tensor => {
  const rows = x as tf.Tensor;
  const [count = 0, ...rest] = rows.shape;
  const belongs = tf.cast(tf.oneHot(segmentIds as tf.Tensor1D, numSegments), 'float32');
  const sums = tf.matMul(tf.transpose(belongs) as tf.Tensor2D, tf.reshape(rows, [count, tf.util.sizeFromShape(rest)]));
  return tf.reshape(sums, [numSegments, ...rest]);
};

const KERNELS: Readonly<Record<string, (inputs: Inputs, attributes: Attributes) => tf.Tensor>> = {
  [tf.Conv2DBackpropFilter]: conv2dBackpropFilter,
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
};
