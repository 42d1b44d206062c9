import { expect } from 'chai';
import { networkGraph } from '../../src/engines/onnx/networkGraph.ts';
import { type Architecture, namedValue } from '../../src/networks/architecture.ts';
import type { NetOps } from '../../src/networks/ops.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { evaluateGraph, inline } from './onnxRun.ts';

type Build = <T>(ops: NetOps<T>, parameter: (name: string, ...shape: number[]) => T) => (x: T) => T;

/** A network of one map and one thing that it does to it. */
const only = (channels: number, build: Build): Architecture => ({
  inputs: { x: { kind: 'map', channels, multiple: 1 } },
  outputs: ['output'],
  build: (ops, parameters) => {
    const network = build(ops, (name, ...shape) => parameters(name, shape));
    return (inputs) => ({ output: network(namedValue(inputs, 'x')) });
  },
});

/** Processors compute either form right, so that no GPU is needed to compare them. */
const bothForms = async (architecture: Architecture, size: number): Promise<readonly [Float32Array, Float32Array]> => {
  const weights = inline(formulaWeights(parameterShapes(architecture)));
  const channels = architecture.inputs['x']?.kind === 'map' ? architecture.inputs['x'].channels : 0;
  const shape = [2, size, size, channels];
  const outputs = [false, true].map(async (isForGpu) => {
    const graph = networkGraph({ architecture, sizes: { height: size, width: size }, weights, version: '0', isForGpu });
    return (
      (await evaluateGraph(graph, { x: { data: formula('x', shape), shape } }))['output']?.data ?? new Float32Array()
    );
  });
  return (await Promise.all(outputs)) as [Float32Array, Float32Array];
};

const attendTo =
  (count: number, dim: number, causal: boolean): Build =>
  (ops) =>
  (x) => {
    const rows = ops.toRows(x);
    return ops.toMap(ops.attend(rows, ops.affine(rows, -1, 0.1), ops.affine(rows, 2, 0), { count, dim, causal }), x);
  };

const convolve =
  (channels: number, to: number): Build =>
  (ops, parameter) => {
    const [weight, bias] = [parameter('w', to, channels, 3, 3), parameter('b', to)];
    return (x) => ops.conv2d(x, weight, bias, { stride: 1, padding: [1, 1, 1, 1] });
  };

const selfAttend =
  (channels: number, count: number): Build =>
  (ops, parameter) => {
    const part = (name: string) => ({
      weight: parameter(`${name}.w`, channels, channels),
      bias: parameter(`${name}.b`, channels),
    });
    const weights = { query: part('q'), key: part('k'), value: part('v'), out: part('o') };
    return (x) => ops.attention(x, weights, { count, dim: channels / count });
  };

describe('the form for GPUs', () => {
  // 4 heads over 64 x 64 positions have four times as many scores as are held at a time, 64 over 24 x 24 one and a quarter
  const cases: readonly (readonly [string, Architecture, number])[] = [
    ['attention between rows', only(8, attendTo(2, 4, false)), 8],
    ['attention that sees only what came before', only(8, attendTo(2, 4, true)), 8],
    ['attention in turns', only(8, attendTo(4, 2, false)), 64],
    ['attention in turns that sees only what came before', only(64, attendTo(64, 1, true)), 24],
    ['attention over a map', only(8, selfAttend(8, 2)), 8],
    ['attention over a map, in turns', only(8, selfAttend(8, 4)), 64],
    ...[3, 6, 9, 12, 15].map(
      (channels) => [`a convolution of ${channels} channels`, only(channels, convolve(channels, 8)), 6] as const,
    ),
  ];
  for (const [title, architecture, size] of cases) {
    it(`computes what that for processors computes: ${title}`, async () => {
      const [wanted, got] = await bothForms(architecture, size);
      const most = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      expect(got).to.have.length(wanted.length);
      expect(most).to.be.above(0);
      expect(
        got.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (wanted[i] ?? Number.NaN))), 0) / most,
      ).to.be.below(1e-5);
    });
  }
});
