import type { AttendOptions, NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { rowOps } from './rows.ts';
import { rowsShape, type Value } from './value.ts';

type Ops = NetOps<Value>;

/**
 * Scores of one image that are held at a time, at most; from there on queries take turns. A GPU binds buffers up to a
 * limit of its own, and this times a batch of 16 stays within that of all but the smallest.
 */
const MOST_SCORES = 2 ** 24;

/**
 * Attention by products and a softmax alone. ONNX Runtime's `MultiHeadAttention` is wrong on its WebGPU engine, by 2 to
 * 68 % of the output (1.30).
 */
export const plainAttention = (graph: GraphBuilder): Pick<Ops, 'attention' | 'attend'> => {
  const rows = rowOps(graph);
  const attend: Ops['attend'] = (query, key, value, options) => attendPlainly(graph, [query, key, value], options);
  return {
    attend,
    attention: (x, { query, key, value, out }, heads) => {
      const positions = rows.toRows(x);
      const [q, k, v] = [query, key, value].map(({ weight, bias }) => rows.linear(positions, weight, bias));
      const mixed = attend(q as Value, k as Value, v as Value, { ...heads, causal: false });
      return rows.toMap(rows.linear(mixed, out.weight, out.bias), x);
    },
  };
};

type Parts = readonly [query: Value, key: Value, value: Value];

const attendPlainly = (graph: GraphBuilder, [query, key, value]: Parts, options: AttendOptions): Value => {
  const { node, integers, floats } = graph;
  const { count, dim } = options;
  const [[queries, channels], [keys]] = [rowsShape(query), rowsShape(key)];
  const split = ({ name, shape: [length = 0] }: Value, perm: readonly number[]): string =>
    node('Transpose', [node('Reshape', [name, integers([0, length, count, dim])])], { perm: { ints: perm } });
  const turned = split(key, [0, 2, 3, 1]);
  const [all, values] = [split(query, [0, 2, 1, 3]), split(value, [0, 2, 1, 3])];
  const scaled = node('Mul', [all, floats([1 / Math.sqrt(dim)], [])]);
  const mix = (from: number, to: number): string => {
    const some =
      to - from === queries ? scaled : node('Slice', [scaled, ...[[from], [to], [2]].map((n) => integers(n))]);
    const products = node('MatMul', [some, turned]);
    const scores = options.causal ? node('Add', [products, hidden(graph, [from, to], keys)]) : products;
    return node('MatMul', [node('Softmax', [scores], { axis: { int: -1 } }), values]);
  };
  const parts = turns(queries, Math.floor(MOST_SCORES / (count * keys))).map(([from, to]) => mix(from, to));
  const mixed = parts.length === 1 ? (parts[0] as string) : node('Concat', parts, { axis: { int: 2 } });
  const joined = node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } });
  return { name: node('Reshape', [joined, integers([0, queries, channels])]), shape: query.shape };
};

/** From where to where, at most so many at a time. */
const turns = (length: number, most: number): readonly (readonly [from: number, to: number])[] => {
  const step = Math.max(1, most);
  return Array.from({ length: Math.ceil(length / step) }, (_, n) => [n * step, Math.min(length, (n + 1) * step)]);
};

/** What hides the rows after each: adds the lowest number that half precision has to their scores. */
const hidden = ({ floats }: GraphBuilder, [from, to]: readonly [number, number], keys: number): string => {
  const cells = Array.from({ length: (to - from) * keys }, (_, n) =>
    n % keys > from + Math.floor(n / keys) ? -65504 : 0,
  );
  return floats(cells, [to - from, keys]);
};
