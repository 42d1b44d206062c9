import type { Tensor, TensorConstructor } from 'onnxruntime-node';
import type { GraphFacts, ImageLayout, NumberInput, NumberType } from './graphFacts.ts';
import type { ImageBatchShape, WorkViews } from './protocol.ts';

/** The inputs of a graph, in its own layout and number types. */
export const graphFeeds = (
  construct: TensorConstructor,
  facts: GraphFacts,
  { shape, x, timesteps, labels }: WorkViews & { readonly shape: ImageBatchShape },
): Record<string, Tensor> => {
  const [rows, height, width, channels] = shape;
  const numbers = ({ name, type, rank }: NumberInput, values: ArrayLike<number>): Record<string, Tensor> => ({
    [name]: new construct(type, NUMBERS[type](values), [rows, 1].slice(0, rank)),
  });
  const isPlain = facts.layout === 'nhwc';
  const dims = isPlain ? shape : [rows, channels, height, width];
  const pixels = isPlain ? x.slice() : reordered(x, shape, 'nchw'); // the session cannot read shared memory
  return {
    [facts.x]: new construct('float32', pixels, dims),
    ...numbers(facts.timesteps, timesteps),
    ...(facts.labels && labels ? numbers(facts.labels, labels) : {}),
  };
};

const NUMBERS = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int32: (values) => Int32Array.from(values, Math.round),
  int64: (values) => BigInt64Array.from(Array.from(values, (value) => BigInt(Math.round(value)))),
} satisfies Record<NumberType, (values: ArrayLike<number>) => ArrayBufferView>;

/** Images in another layout. `shape` is rows, height, width, channels, whichever way the values lie. */
export const reordered = (
  values: Float32Array,
  [rows, height, width, channels]: ImageBatchShape,
  to: ImageLayout,
): Float32Array => {
  const positions = height * width;
  const [outer, inner] = to === 'nchw' ? [channels, positions] : [positions, channels];
  const result = new Float32Array(values.length);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = row * positions * channels;
    for (let i = 0; i < outer; i += 1) {
      for (let j = 0; j < inner; j += 1) {
        result[at] = values[start + j * outer + i] as number;
        at += 1;
      }
    }
  }
  return result;
};
