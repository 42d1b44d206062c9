import type { GraphBuilder } from '../src/engines/onnx/graph.ts';
import { mapShape, type Value } from '../src/engines/onnx/value.ts';
import type { Affine } from '../src/networks/ops.ts';
import { type Form, withOps } from './onnxForm.ts';
import { ROW_FORMS } from './onnxRowForms.ts';
import { WHOLE_FORMS } from './onnxWholeForms.ts';

type NormOptions = { readonly groups: number; readonly epsilon: number };

/** A group norm from what normalises `[N, groups, ...]` and what comes after. */
const norm = (
  normalise: (graph: GraphBuilder, x: Value, options: NormOptions) => string,
  finish: (graph: GraphBuilder, normed: string, affine: Affine<Value>) => string,
): Form =>
  withOps((graph) => ({
    groupNorm: (x, weight, bias, options) => {
      const apart = [normalise(graph, x, options), graph.integers([0, ...mapShape(x)])];
      return { name: finish(graph, graph.node('Reshape', apart), { weight, bias }), shape: x.shape };
    },
  }));

const all = ({ floats }: GraphBuilder, value: number, count: number): string =>
  floats(new Array<number>(count).fill(value), [count]);

const grouped = ({ node, integers }: GraphBuilder, x: Value, groups: number): string =>
  node('Reshape', [x.name, integers([0, groups, -1])]);

const instanceNorm = (graph: GraphBuilder, x: Value, { groups, epsilon }: NormOptions): string => {
  const inputs = [grouped(graph, x, groups), all(graph, 1, groups), all(graph, 0, groups)];
  return graph.node('InstanceNormalization', inputs, { epsilon: { float: epsilon } });
};

const layerNorm = (graph: GraphBuilder, x: Value, { groups, epsilon }: NormOptions): string => {
  const size = x.shape.reduce((product, length) => product * length, 1) / groups;
  const inputs = [grouped(graph, x, groups), all(graph, 1, size)];
  return graph.node('LayerNormalization', inputs, { axis: { int: -1 }, epsilon: { float: epsilon } });
};

const byReducing = (graph: GraphBuilder, x: Value, { groups, epsilon }: NormOptions): string => {
  const { node, integers, floats } = graph;
  const rows = grouped(graph, x, groups);
  const mean = (y: string): string => node('ReduceMean', [y, integers([2])]);
  const centred = node('Sub', [rows, mean(rows)]);
  const variance = mean(node('Mul', [centred, centred]));
  return node('Div', [centred, node('Sqrt', [node('Add', [variance, floats([epsilon], [])])])]);
};

const perChannel = ({ node, integers }: GraphBuilder, { name }: Value): string =>
  node('Unsqueeze', [name, integers([1, 2])]);

const mulAdd = (graph: GraphBuilder, normed: string, { weight, bias }: Affine<Value>): string =>
  graph.node('Add', [graph.node('Mul', [normed, perChannel(graph, weight)]), perChannel(graph, bias)]);

/** Layer norm with the scale and shift of every element, so that nothing is left to do after it. */
const wholeLayerNorm = withOps((graph) => ({
  groupNorm: (x, scale, shift, { groups, epsilon }) => {
    const { node, integers } = graph;
    const every = (vector: Value): string => {
      const expanded = node('Expand', [perChannel(graph, vector), integers([...mapShape(x)])]);
      return node('Reshape', [expanded, integers([1, groups, -1])]);
    };
    const inputs = [grouped(graph, x, groups), every(scale), every(shift)];
    const normed = node('LayerNormalization', inputs, { axis: { int: -1 }, epsilon: { float: epsilon } });
    return { name: node('Reshape', [normed, integers([0, ...mapShape(x)])]), shape: x.shape };
  },
}));

const groupNormalization = withOps(({ node }) => ({
  groupNorm: (x, scale, shift, { groups, epsilon }) => ({
    name: node('GroupNormalization', [x.name, scale.name, shift.name], {
      num_groups: { int: groups },
      epsilon: { float: epsilon },
    }),
    shape: x.shape,
  }),
}));

/** `[N, positions, C]` through attention with projections as products; `attend` takes query, key and value. */
const inRows = (
  attend: (
    graph: GraphBuilder,
    parts: readonly [string, string, string],
    heads: { count: number; dim: number },
  ) => string,
): Form =>
  withOps((graph) => ({
    attention: (x, weights, heads) => {
      const { node, integers } = graph;
      const swap = { perm: { ints: [0, 2, 1] } };
      const rows = node('Transpose', [node('Reshape', [x.name, integers([0, 0, -1])])], swap);
      const product = (y: string, { weight, bias }: Affine<Value>): string =>
        node('Add', [node('MatMul', [y, node('Transpose', [weight.name], { perm: { ints: [1, 0] } })]), bias.name]);
      const parts = [product(rows, weights.query), product(rows, weights.key), product(rows, weights.value)] as const;
      const out = node('Transpose', [product(attend(graph, parts, heads), weights.out)], swap);
      return { name: node('Reshape', [out, integers([0, ...mapShape(x)])]), shape: x.shape };
    },
  }));

const multiHeadAttention = inRows((graph, parts, { count }) =>
  graph.node('com.microsoft.MultiHeadAttention', parts, { num_heads: { int: count } }),
);

const rowAttention = inRows(({ node, integers, floats }, [query, key, value], { count, dim }) => {
  const split = (part: string, perm: readonly number[]): string =>
    node('Transpose', [node('Reshape', [part, integers([0, 0, count, dim])])], { perm: { ints: perm } });
  const scores = node('MatMul', [split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])]);
  const shares = node('Softmax', [node('Mul', [scores, floats([1 / Math.sqrt(dim)], [])])], { axis: { int: -1 } });
  const mixed = node('MatMul', [shares, split(value, [0, 2, 1, 3])]);
  return node('Reshape', [node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } }), integers([0, 0, -1])]);
});

const expandingUpsample = withOps(({ node, integers }) => ({
  upsample2x: (x) => {
    const [channels, height, width] = mapShape(x);
    const apart = node('Unsqueeze', [x.name, integers([3, 5])]);
    const wide = node('Expand', [apart, integers([1, 1, 1, 2, 1, 2])]);
    const shape = [channels, 2 * height, 2 * width];
    return { name: node('Reshape', [wide, integers([0, ...shape])]), shape };
  },
}));

export const FORMS: Readonly<Record<string, Form>> = {
  'the one in use, against itself': {},
  'norm: InstanceNormalization, Mul, Add': norm(instanceNorm, mulAdd),
  'norm: GroupNormalization (opset 21)': groupNormalization,
  'norm: LayerNormalization, Mul, Add': norm(layerNorm, mulAdd),
  'norm: LayerNormalization with scale and shift of every element': wholeLayerNorm,
  'norm: ReduceMean twice, Mul, Add': norm(byReducing, mulAdd),
  'SiLU: com.microsoft.QuickGelu': withOps(({ node }) => ({
    activate: (x) => ({ name: node('com.microsoft.QuickGelu', [x.name], { alpha: { float: 1 } }), shape: x.shape }),
  })),
  'attention: com.microsoft.MultiHeadAttention': multiHeadAttention,
  'attention: MatMul in rows': rowAttention,
  'upsample: Expand': expandingUpsample,
  ...ROW_FORMS,
  ...WHOLE_FORMS,
  'session: extended, without blocked channels': { session: { graphOptimizationLevel: 'extended' } },
  'session: batch fixed at 1': { session: { freeDimensionOverrides: { N: 1 } } },
  'session: batch fixed at 4': { session: { freeDimensionOverrides: { N: 4 } } },
  'session: no memory pattern': { session: { enableMemPattern: false } },
  'session: no arena': { session: { enableCpuMemArena: false } },
};
