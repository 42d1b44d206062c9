import * as tf from '@tensorflow/tfjs-core';

/** What a kernel may ask of the wasm backend: tfjs-core knows nothing of its memory. */
type WasmMemory = {
  /** One tensor more looks at the same values. */
  incRef(data: object): void;
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  /** The values of a tensor where they lie: gone when memory grows, so take it after every output was made. */
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
};

type Params = Parameters<tf.KernelFunc>[0];
type Attributes = { readonly begin: number | number[]; readonly size: number | number[] };

/** A box cut out of a tensor. The backend's own copies all of the tensor first, whatever is taken of it. */
export const slice = ({ inputs, attrs, backend }: Params): tf.TensorInfo => {
  const { begin, size } = attrs as unknown as Attributes;
  const x = inputs['x'] as tf.Tensor;
  const [from = [], shape = []] = tf.slice_util.parseSliceParams(x, begin, size);
  return cutOut(x, { from, shape }, backend as unknown as WasmMemory);
};

/** The same tensor once more, of which the backend's own makes a copy: values never change. */
export const identity = ({ inputs, backend }: Params): tf.TensorInfo => {
  const { dataId, shape, dtype } = inputs['x'] as tf.Tensor;
  (backend as unknown as WasmMemory).incRef(dataId);
  return { dataId, shape, dtype };
};

/** A tensor cut along an axis into pieces of the sizes that were asked for. */
export const splitV = ({ inputs, attrs, backend }: Params): tf.TensorInfo[] => {
  const { numOrSizeSplits, axis } = attrs as unknown as { numOrSizeSplits: number | number[]; axis: number };
  const x = inputs['x'] as tf.Tensor;
  const along = tf.util.parseAxisParam(axis, x.shape)[0] as number;
  const length = x.shape[along] as number;
  const sizes = piecesOf(numOrSizeSplits, length);
  let at = 0;
  return sizes.map((size) => {
    const from = x.shape.map((_, n) => (n === along ? at : 0));
    const shape = x.shape.map((whole, n) => (n === along ? size : whole));
    at += size;
    return cutOut(x, { from, shape }, backend as unknown as WasmMemory);
  });
};

/** One of the sizes may be -1, which is what is left. */
const piecesOf = (asked: number | number[], length: number): number[] => {
  if (typeof asked === 'number') return new Array<number>(asked).fill(length / asked);
  const known = asked.reduce((sum, size) => sum + Math.max(0, size), 0);
  return asked.map((size) => (size < 0 ? length - known : size));
};

type Box = { readonly from: readonly number[]; readonly shape: readonly number[] };

const cutOut = (x: tf.Tensor, { from, shape }: Box, memory: WasmMemory): tf.TensorInfo => {
  const out = memory.makeOutput(shape, x.dtype);
  const [values, cut] = [memory.typedArrayFromHeap(x), memory.typedArrayFromHeap(out)];
  if (cut.length === 0) return out;
  // axes behind the last one that is cut lie together
  const last = shape.findLastIndex((size, n) => size !== x.shape[n]);
  const inner = tf.util.sizeFromShape(shape.slice(Math.max(0, last)));
  const strides = x.shape.map((_, n) => tf.util.sizeFromShape(x.shape.slice(n + 1)));
  const rows = shape.slice(0, Math.max(0, last));
  const index = rows.map(() => 0);
  for (let at = 0; at < cut.length; at += inner) {
    const start = from.reduce((sum, first, n) => sum + (first + (index[n] ?? 0)) * (strides[n] as number), 0);
    cut.set(values.subarray(start, start + inner), at);
    for (let n = rows.length - 1; n >= 0; n -= 1) {
      index[n] = (index[n] as number) + 1;
      if ((index[n] as number) < (rows[n] as number)) break;
      index[n] = 0;
    }
  }
  return out;
};
