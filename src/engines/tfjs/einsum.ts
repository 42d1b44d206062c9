import * as tf from '@tensorflow/tfjs-core';
import { multiply } from './multiply.ts';

/**
 * Registers a kernel for `tf.einsum` on wasm, which has none; where there is one already, nothing happens. Like the
 * kernels of other backends it takes at most two tensors, without repeated axes or an ellipsis.
 */
export const supplyEinsum = (): void => {
  if (tf.getKernel(tf.Einsum, 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName: tf.Einsum,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => contract(String(attrs?.['equation']), Object.values(inputs) as tf.Tensor[]),
  });
};

/** What an axis is for: kept by both tensors, by one of them, or summed over. */
type Axes = { readonly batch: string[]; readonly inner: string[]; readonly left: string[]; readonly right: string[] };

/**
 * The sum of products that an equation such as `bhwc,bijc->bhwij` says, as one product of matrices for each element of
 * the axes that both tensors and the result have.
 *
 * @returns a new tensor, owned by the caller; intermediate ones are freed.
 */
export const contract = (equation: string, tensors: readonly tf.Tensor[]): tf.Tensor =>
  tf.tidy(() => {
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, [...tensors]);
    const labels = (terms: readonly number[]): string[] => terms.map((dim) => allDims[dim] as string);
    const output = [...(equation.replaceAll(/\s/g, '').split('->')[1] ?? '')];
    const [a, b] = tensors.map((tensor, n) => {
      const own = labels(idDims[n] ?? []);
      const others = labels(idDims[1 - n] ?? []);
      return sumAway({ tensor, labels: own }, (label) => !output.includes(label) && !others.includes(label));
    });
    if (a === undefined) throw new Error(`einsum needs tensors for ${equation}`);
    return arrange(b === undefined ? a : product(a, b, output), output);
  });

type Labelled = { readonly tensor: tf.Tensor; readonly labels: readonly string[] };

const sumAway = ({ tensor, labels }: Labelled, isAlone: (label: string) => boolean): Labelled => {
  const axes = labels.flatMap((label, axis) => (isAlone(label) ? [axis] : []));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: tf.sum(tensor, axes), labels: labels.filter((label) => !isAlone(label)) };
};

const arrange = ({ tensor, labels }: Labelled, order: readonly string[]): tf.Tensor =>
  tf.transpose(
    tensor,
    order.map((label) => labels.indexOf(label)),
  );

const product = (a: Labelled, b: Labelled, output: readonly string[]): Labelled => {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const axes: Axes = {
    batch: shared.filter((label) => output.includes(label)),
    inner: shared.filter((label) => !output.includes(label)),
    left: a.labels.filter((label) => !shared.includes(label)),
    right: b.labels.filter((label) => !shared.includes(label)),
  };
  const sizes = new Map(
    [a, b].flatMap(({ tensor, labels }) => labels.map((label, n) => [label, tensor.shape[n] ?? 1])),
  );
  const shape = (labels: readonly string[]): number[] => labels.map((label) => sizes.get(label) ?? 1);
  const size = (labels: readonly string[]): number => tf.util.sizeFromShape(shape(labels));
  const matrices = (x: Labelled, rows: readonly string[], columns: readonly string[]): tf.Tensor3D =>
    tf.reshape(arrange(x, [...axes.batch, ...rows, ...columns]), [size(axes.batch), size(rows), size(columns)]);
  const multiplied = multiply(matrices(a, axes.left, axes.inner), matrices(b, axes.inner, axes.right));
  const labels = [...axes.batch, ...axes.left, ...axes.right];
  return { tensor: tf.reshape(multiplied, shape(labels)), labels };
};
