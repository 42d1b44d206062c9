import type { Tensor, TensorConstructor } from 'onnxruntime-node';
import type { GraphFacts } from './graphFacts.ts';
import type { NumberType } from './graphInput.ts';
import { reordered } from './layout.ts';
import { type Cells, type Work, workViews } from './protocol.ts';

/** The inputs of a graph, in its own layout and number types. */
export const graphFeeds = (
  construct: TensorConstructor,
  { inputs, layout }: GraphFacts,
  work: Work,
): Record<string, Tensor> => {
  const { rows, shapes } = work;
  const views = workViews(work, inputs);
  const feeds: Record<string, Tensor> = {};
  for (const [n, { name, type, rank }] of inputs.entries()) {
    const [view, shape] = [views[n] as Cells, shapes[n] ?? []];
    const [height = 1, width = 1, channels = 1] = shape;
    if (rank === 4 && layout === 'nchw') {
      const values = reordered(view as Float32Array, [rows, height, width, channels], 'nchw');
      feeds[name] = new construct(type, values, [rows, channels, height, width]);
    } else {
      const dims = shape.length === 0 ? [rows, 1].slice(0, rank) : [rows, ...shape];
      feeds[name] = new construct(type, OWN[type](view), dims);
    }
  }
  return feeds;
};

/** A copy in memory of the thread's own: a session cannot read what is shared. */
const OWN = {
  float32: (values) => values.slice() as Float32Array,
  float64: (values) => Float64Array.from(values),
  int32: (values) => values.slice() as Int32Array,
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
} satisfies Record<NumberType, (values: Cells) => ArrayBufferView>;
