import * as tf from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, filterGradient, imageGradient } from './wasmConvolution.ts';
import { depthwiseFilterGradient, depthwiseImageGradient } from './wasmDepthwise.ts';
import { identity, slice, splitV } from './wasmSlice.ts';
import { volumeFilterGradient, volumeGradient } from './wasmVolume.ts';

/**
 * Registers the kernels without which no convolutional network trains on wasm, made from those that it has; puts
 * faster ones before six that training needs and that are slow there; and mends those that are wrong: the gradients of
 * max pooling where all values are negative, of dilations, and of convolutions of volumes. Any tfjs model trains with
 * them, not only denoisers. Doing it twice does no harm.
 */
export const registerWasmTrainingKernels = (): void => {
  for (const [kernelName, compute] of Object.entries(MISSING)) {
    if (tf.getKernel(kernelName, 'wasm') === undefined) tf.registerKernel(wasmKernel(kernelName, compute));
  }
  replace(tf.Identity, identity as tf.KernelFunc);
  replace(tf.Slice, slice as tf.KernelFunc);
  replace(tf.SplitV, splitV as tf.KernelFunc);
  for (const kernelName of UNLIFTED) liftFirst(kernelName);
  putBefore(tf.Conv3DBackpropInputV2, volumeGradient as unknown as Compute<tf.Tensor>);
  putBefore(tf.Conv3DBackpropFilterV2, volumeFilterGradient as unknown as Compute<tf.Tensor | undefined>);
  for (const [kernelName, compute] of Object.entries(FASTER)) putBefore(kernelName, compute);
};

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Attributes = ConvolutionAttributes & {
  readonly filterShape: [number, number, number, number];
  readonly inputShape: [number, number, number, number];
  readonly numSegments: number;
  readonly axis: number | number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
};
type Compute<Result> = (inputs: Inputs, attributes: Attributes) => Result;

const wasmKernel = (kernelName: string, compute: Compute<tf.Tensor>): tf.KernelConfig => ({
  kernelName,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compute(inputs as Inputs, (attrs ?? {}) as Attributes)),
});

const replaced = new Set<string>();

/**
 * Wasm looks for the largest of a window from 0 on, and so finds none where all are negative. The same place is the
 * largest when all of them are lifted above 0, and so far that a filter which is added leaves them there.
 */
const liftFirst = (kernelName: string): void => {
  const own = tf.getKernel(kernelName, 'wasm');
  const name = `${kernelName}, lifted`;
  if (own === undefined || replaced.has(name)) return;
  tf.unregisterKernel(kernelName, 'wasm');
  const kernelFunc: tf.KernelFunc = (params) =>
    tf.tidy(() => {
      const inputs = params.inputs as Inputs;
      const images = inputs['input'] ?? (inputs['x'] as tf.Tensor);
      const least = inputs['filter'] ? tf.add(tf.min(images), tf.min(inputs['filter'])) : tf.min(images);
      const lifted = Object.entries(inputs).map(([input, tensor]): [string, tf.Tensor] =>
        LIFTED.has(input) ? [input, tf.add(tf.sub(tensor, least), 1)] : [input, tensor],
      );
      return own.kernelFunc({ ...params, inputs: Object.fromEntries(lifted) }) as tf.Tensor;
    });
  tf.registerKernel({ ...own, kernelFunc });
  replaced.add(name);
};

/** What is lifted: the images, and the largest of them, not what came back. */
const LIFTED = new Set(['input', 'output', 'x']);

/** Takes a function in place of the backend's own kernel; texts, which do not lie in its memory, stay with that. */
const replace = (kernelName: string, kernelFunc: tf.KernelFunc): void => {
  const own = tf.getKernel(kernelName, 'wasm');
  if (own === undefined || replaced.has(kernelName)) return;
  tf.unregisterKernel(kernelName, 'wasm');
  const isText = ({ inputs }: Parameters<tf.KernelFunc>[0]): boolean => inputs['x']?.dtype === 'string';
  tf.registerKernel({ ...own, kernelFunc: (params) => (isText(params) ? own : { kernelFunc }).kernelFunc(params) });
  replaced.add(kernelName);
};

/** Asks a function first; where it has no answer, the backend's own kernel computes. */
const putBefore = (kernelName: string, compute: Compute<tf.Tensor | undefined>): void => {
  const own = tf.getKernel(kernelName, 'wasm');
  if (own === undefined || replaced.has(kernelName)) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...own,
    kernelFunc: (params) =>
      tf.tidy(
        () =>
          compute(params.inputs as Inputs, (params.attrs ?? {}) as Attributes) ?? (own.kernelFunc(params) as tf.Tensor),
      ),
  });
  replaced.add(kernelName);
};

/** Rows summed by the segment that each belongs to: the gradient of a table that rows were looked up in. */
const unsortedSegmentSum: Compute<tf.Tensor> = ({ x, segmentIds }, { numSegments }) => {
  const rows = x as tf.Tensor;
  const [count = 0, ...rest] = rows.shape;
  const belongs = tf.cast(tf.oneHot(segmentIds as tf.Tensor1D, numSegments), 'float32');
  const sums = tf.matMul(tf.transpose(belongs) as tf.Tensor2D, tf.reshape(rows, [count, tf.util.sizeFromShape(rest)]));
  return tf.reshape(sums, [numSegments, ...rest]);
};

/** Its fast product is for matrices that are not transposed: to transpose them first costs less than the slow one. */
const transposedProduct: Compute<tf.Tensor | undefined> = ({ a, b }, { transposeA, transposeB }) => {
  if (!transposeA && !transposeB) return undefined;
  const straight = (x: tf.Tensor, isTransposed: boolean): tf.Tensor => {
    const axes = x.shape.map((_, axis) => axis);
    return isTransposed ? tf.transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()]) : x;
  };
  return tf.matMul(straight(a as tf.Tensor, transposeA), straight(b as tf.Tensor, transposeB));
};

/** A sum over all axes but the last is a product with ones. */
const sumOfRows: Compute<tf.Tensor | undefined> = ({ x }, { axis }) => {
  const values = x as tf.Tensor;
  const axes = tf.util.parseAxisParam(axis, values.shape);
  const isOfRows = values.rank > 1 && axes.length === values.rank - 1 && axes.every((one, n) => one === n);
  if (!isOfRows || values.dtype !== 'float32' || values.size === 0) return undefined;
  const width = values.shape.at(-1) as number;
  const rows = tf.reshape(values, [values.size / width, width]);
  return tf.reshape(tf.matMul(tf.ones([1, values.size / width]), rows), [width]);
};

const MISSING: Readonly<Record<string, Compute<tf.Tensor>>> = {
  [tf.Conv2DBackpropFilter]: filterGradient,
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
  [tf.DepthwiseConv2dNativeBackpropFilter]: depthwiseFilterGradient,
  [tf.DepthwiseConv2dNativeBackpropInput]: depthwiseImageGradient,
};

/** Kernels of gradients that go wrong where all values under a window are negative. */
const UNLIFTED = [tf.MaxPoolGrad, tf.MaxPool3DGrad, tf.Dilation2DBackpropFilter, tf.Dilation2DBackpropInput] as const;

const FASTER: Readonly<Record<string, Compute<tf.Tensor | undefined>>> = {
  [tf.Conv2DBackpropInput]: imageGradient,
  [tf.BatchMatMul]: transposedProduct,
  [tf.Sum]: sumOfRows,
};
