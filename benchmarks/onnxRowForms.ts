import { onnxOps } from '../src/engines/onnx/ops.ts';
import type { Value } from '../src/engines/onnx/value.ts';
import { type Form, withOps } from './onnxForm.ts';

/** Products of rows with the matrix turned round, which a session does once when it starts. */
const matMulLinear = withOps(({ node }) => ({
  linear: (x, weight, bias) => {
    const turned = node('Transpose', [weight.name], { perm: { ints: [1, 0] } });
    const product = node('MatMul', [x.name, turned]);
    const shape = [...x.shape.slice(0, -1), weight.shape[0] ?? 0];
    return { name: bias ? node('Add', [product, bias.name]) : product, shape };
  },
}));

const attendBySoftmax = withOps(({ node, integers, floats }) => ({
  attend: (query, key, value, { count, dim }) => {
    const split = ({ name }: Value, perm: readonly number[]): string =>
      node('Transpose', [node('Reshape', [name, integers([0, 0, count, dim])])], { perm: { ints: perm } });
    const scaled = node('Mul', [split(query, [0, 2, 1, 3]), floats([1 / Math.sqrt(dim)], [])]);
    const shares = node('Softmax', [node('MatMul', [scaled, split(key, [0, 2, 3, 1])])], { axis: { int: -1 } });
    const mixed = node('MatMul', [shares, split(value, [0, 2, 1, 3])]);
    const joined = node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } });
    return { name: node('Reshape', [joined, integers([0, 0, -1])]), shape: query.shape };
  },
}));

const geluByErf = withOps((graph) => ({
  activate: (x, activation) => {
    if (activation !== 'gelu') return onnxOps(graph).activate(x, activation);
    const { node, floats } = graph;
    const share = node('Add', [node('Erf', [node('Mul', [x.name, floats([Math.SQRT1_2], [])])]), floats([1], [])]);
    return { name: node('Mul', [node('Mul', [x.name, floats([0.5], [])]), share]), shape: x.shape };
  },
}));

const layerNormByReducing = withOps(({ node, integers, floats }) => ({
  layerNorm: ({ name, shape }, scale, shift, { epsilon }) => {
    const mean = (y: string): string => node('ReduceMean', [y, integers([2])]);
    const centred = node('Sub', [name, mean(name)]);
    const deviation = node('Sqrt', [node('Add', [mean(node('Mul', [centred, centred])), floats([epsilon], [])])]);
    return { name: node('Add', [node('Mul', [node('Div', [centred, deviation]), scale.name]), shift.name]), shape };
  },
}));

/** Forms of what is done to rows of tokens. */
export const ROW_FORMS: Readonly<Record<string, Form>> = {
  'linear: MatMul': matMulLinear,
  'attend: MatMul, Softmax': attendBySoftmax,
  'GELU: Erf': geluByErf,
  'layer norm: ReduceMean twice': layerNormByReducing,
};
