import type { NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { ELEMENTS } from './protos.ts';
import { mapShape, rowsShape, type Value } from './value.ts';

type Ops = NetOps<Value>;
type RowOps = Pick<
  Ops,
  'linear' | 'layerNorm' | 'addRows' | 'channels' | 'toRows' | 'toMap' | 'attend' | 'embedding' | 'nearestRow'
>;

/** Operations on vectors, on rows of tokens, which lie as `[N, L, C]`, and on tables of them. */
export const rowOps = (graph: GraphBuilder): RowOps => {
  const { node, integers } = graph;
  return {
    linear: linear(graph),
    layerNorm: ({ name, shape }, scale, shift, { epsilon }) => ({
      name: node('LayerNormalization', [name, scale.name, shift.name], {
        axis: { int: -1 },
        epsilon: { float: epsilon },
      }),
      shape,
    }),
    addRows: (rows, table) => {
      const [length] = rowsShape(rows);
      const first = node('Slice', [table.name, integers([0]), integers([length]), integers([0])]);
      return { name: node('Add', [rows.name, first]), shape: rows.shape };
    },
    channels: ({ name, shape }, from, to) => {
      const isRows = shape.length === 2;
      const axis = integers([isRows ? 2 : 1]);
      const count = to - from;
      const cut = node('Slice', [name, integers([from]), integers([to]), axis]);
      return { name: cut, shape: isRows ? [shape[0] ?? 0, count] : [count, ...shape.slice(1)] };
    },
    toRows: (map) => {
      const [channels, height, width] = mapShape(map);
      const flat = node('Reshape', [map.name, integers([0, channels, height * width])]);
      return { name: node('Transpose', [flat], { perm: { ints: [0, 2, 1] } }), shape: [height * width, channels] };
    },
    toMap: (rows, like) => {
      const [[, channels], [, height, width]] = [rowsShape(rows), mapShape(like)];
      const flat = node('Transpose', [rows.name], { perm: { ints: [0, 2, 1] } });
      return {
        name: node('Reshape', [flat, integers([0, channels, height, width])]),
        shape: [channels, height, width],
      };
    },
    attend: (query, key, value, { count, causal }) => {
      const attributes = { num_heads: { int: count }, unidirectional: { int: causal ? 1 : 0 } };
      const inputs = [query.name, key.name, value.name];
      return { name: node('com.microsoft.MultiHeadAttention', inputs, attributes), shape: query.shape };
    },
    embedding: (table, indices) => {
      const whole = node('Cast', [indices.name], { to: { int: ELEMENTS.int64 } });
      return { name: node('Gather', [table.name, whole]), shape: [...indices.shape, ...table.shape.slice(1)] };
    },
    nearestRow: nearestRow(graph),
  };
};

/** Rows go through one below the other: the product then takes the matrix as it is stored. */
const linear =
  ({ node, integers }: GraphBuilder): Ops['linear'] =>
  (x, weight, bias) => {
    const [to = 0, from = 0] = weight.shape;
    const product = (rows: string): string =>
      node('Gemm', [rows, weight.name, ...(bias ? [bias.name] : [])], { transB: { int: 1 } });
    if (x.shape.length === 1) return { name: product(x.name), shape: [to] };
    const [length] = rowsShape(x);
    const flat = node('Reshape', [x.name, integers([-1, from])]);
    return { name: node('Reshape', [product(flat), integers([-1, length, to])]), shape: [length, to] };
  };

/** |x - row|² without |x|², which is the same for all rows, and turned round: the largest is the nearest. */
const nearestRow =
  ({ node, integers }: GraphBuilder): Ops['nearestRow'] =>
  (x, table) => {
    const [channels, height, width] = mapShape(x);
    const rows = node('Transpose', [x.name], { perm: { ints: [0, 2, 3, 1] } });
    const flat = node('Reshape', [rows, integers([-1, channels])]);
    const lengths = node('Neg', [node('ReduceSumSquare', [table.name, integers([1])], { keepdims: { int: 0 } })]);
    const nearness = node('Gemm', [flat, table.name, lengths], { transB: { int: 1 }, alpha: { float: 2 } });
    const nearest = node('ArgMax', [nearness], { axis: { int: 1 }, keepdims: { int: 0 } });
    const found = node('Reshape', [node('Gather', [table.name, nearest]), integers([-1, height, width, channels])]);
    return { name: node('Transpose', [found], { perm: { ints: [0, 3, 1, 2] } }), shape: x.shape };
  };
