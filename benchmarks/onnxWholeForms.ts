import type { GraphBuilder } from '../src/engines/onnx/graph.ts';
import { onnxOps } from '../src/engines/onnx/ops.ts';
import { ELEMENTS } from '../src/engines/onnx/protos.ts';
import { type ConvRanges, quantisedOps } from '../src/engines/onnx/quantisedOps.ts';
import { rowsShape, type Value } from '../src/engines/onnx/value.ts';
import { type Range, wholeNumbers } from '../src/engines/onnx/wholeNumbers.ts';
import type { ConvOptions, NetOps } from '../src/networks/ops.ts';
import { type Form, withOps } from './onnxForm.ts';

/** How fast whole numbers are does not depend on their range. */
const RANGE: Range = [-8, 8];
const RANGES = new Array<ConvRanges>(1000).fill({ input: RANGE, output: RANGE });

type Conv = NetOps<Value>['conv2d'];
type Linear = NetOps<Value>['linear'];

const whole = (change: (graph: GraphBuilder) => Partial<NetOps<Value>> = () => ({})): Form => ({
  ops: (graph) => ({ ...quantisedOps(graph, RANGES), ...change(graph) }),
});

/** Rounds within `RANGE`, by constants of its own. */
const rounding = (graph: GraphBuilder) => {
  const step = graph.floats([1 / 16], []);
  const zero = graph.node('Cast', [graph.floats([128], [])], { to: { int: ELEMENTS.uint8 } });
  return (x: string) => ({ values: graph.node('QuantizeLinear', [x, step, zero]), step, zero });
};

const isWide = ({ shape: [to = 0, from = 0] }: Value): boolean => Math.min(to, from) >= 16;

const attributes = ({ stride, padding: [top, bottom, left, right] }: ConvOptions) => ({
  strides: { ints: [stride, stride] },
  pads: { ints: [top, left, bottom, right] },
});

/** Integer products, widened and scaled by nodes of their own, so that what comes out is not rounded. */
const convInteger = (round: (graph: GraphBuilder, x: string) => { values: string; step: string; zero: string }): Form =>
  withOps((graph) => {
    const { node, integers } = graph;
    const { stepsOf, zeroOf } = wholeWeights(graph);
    const conv2d: Conv = (x, weight, bias, options) => {
      const plain = onnxOps(graph).conv2d;
      if (!isWide(weight)) return plain(x, weight, bias, options);
      const { values, step, zero } = round(graph, x.name);
      const steps = stepsOf(weight);
      const rounded = node('QuantizeLinear', [weight.name, steps, zeroOf(weight)], { axis: { int: 0 } });
      const sums = node('ConvInteger', [values, rounded, zero], attributes(options));
      const real = node('Cast', [sums], { to: { int: ELEMENTS.float32 } });
      const perChannel = (vector: string): string => node('Unsqueeze', [vector, integers([1, 2])]);
      const scaled = node('Mul', [real, perChannel(node('Mul', [steps, step]))]);
      const { shape } = plain(x, weight, null, options);
      return { name: bias ? node('Add', [scaled, perChannel(bias.name)]) : scaled, shape };
    };
    return { conv2d };
  });

const wholeWeights = (graph: GraphBuilder) => ({
  stepsOf: wholeNumbers(graph).stepsOf,
  zeroOf: ({ shape: [channels = 0] }: Value): string =>
    graph.node('Cast', [graph.floats(new Array<number>(channels).fill(0), [channels])], {
      to: { int: ELEMENTS.int8 },
    }),
});

const statically = (graph: GraphBuilder, x: string) => rounding(graph)(x);

/** As DynamicQuantizeLinear finds them: for a whole batch, so that an image depends on what stands beside it. */
const dynamically = (graph: GraphBuilder, x: string) => {
  const { node, floats } = graph;
  const end = (operator: string): string => node(operator, [x], { keepdims: { int: 0 } });
  const [least, largest] = [
    node('Min', [end('ReduceMin'), floats([0], [])]),
    node('Max', [end('ReduceMax'), floats([0], [])]),
  ];
  const step = node('Div', [node('Sub', [largest, least]), floats([255], [])]);
  const zero = node('Cast', [node('Round', [node('Div', [node('Neg', [least]), step])])], {
    to: { int: ELEMENTS.uint8 },
  });
  return { values: node('QuantizeLinear', [x, step, zero]), step, zero };
};

/** Rows one below the other through a product, and back. */
const byRows =
  ({ node, integers }: GraphBuilder, product: (rows: string, weight: Value, bias: Value | null) => string): Linear =>
  (x, weight, bias) => {
    const [to = 0, from = 0] = weight.shape;
    if (x.shape.length === 1) return { name: product(x.name, weight, bias), shape: [to] };
    const [length] = rowsShape(x);
    const flat = node('Reshape', [x.name, integers([-1, from])]);
    return { name: node('Reshape', [product(flat, weight, bias), integers([-1, length, to])]), shape: [length, to] };
  };

/** A matrix turned round, `[in, out]`, rounded to 8 bits by output channel; and its steps. */
const turnedRound = (graph: GraphBuilder, weight: Value) => {
  const { node, integers, floats } = graph;
  const turned = node('Transpose', [weight.name], { perm: { ints: [1, 0] } });
  const largest = node('ReduceMax', [node('Abs', [turned]), integers([0])], { keepdims: { int: 0 } });
  const steps = node('Div', [largest, floats([64], [])]);
  const zeros = wholeWeights(graph).zeroOf(weight);
  return { steps, zeros, rounded: node('QuantizeLinear', [turned, steps, zeros], { axis: { int: 1 } }) };
};

/** Static, of which ONNX Runtime makes `MatMulIntegerToFloat`: what comes out is not rounded. */
const staticLinear = (graph: GraphBuilder): { linear: Linear } => {
  const { node } = graph;
  return {
    linear: byRows(graph, (rows, weight, bias) => {
      const { steps, zeros, rounded } = turnedRound(graph, weight);
      const matrix = node('DequantizeLinear', [rounded, steps, zeros], { axis: { int: 1 } });
      const { values, step, zero } = rounding(graph)(rows);
      const product = node('MatMul', [node('DequantizeLinear', [values, step, zero]), matrix]);
      return bias ? node('Add', [product, bias.name]) : product;
    }),
  };
};

const dynamicLinear = withOps((graph) => ({
  linear: byRows(graph, (rows, weight, bias) => {
    const { steps, zeros, rounded } = turnedRound(graph, weight);
    const inputs = [rows, rounded, steps, zeros, ...(bias ? [bias.name] : [])];
    return graph.node('com.microsoft.DynamicQuantizeMatMul', inputs);
  }),
}));

const BLOCK = 32;

/** Weights alone in 8 bits, in blocks of 32 with a step for each; where a matrix does not divide into those, as it is. */
const nBitsLinear = withOps((graph) => {
  const { node, integers, floats } = graph;
  return {
    linear(x, weight, bias) {
      const [to = 0, from = 0] = weight.shape;
      if (from % BLOCK !== 0) return onnxOps(graph).linear(x, weight, bias);
      const product = (rows: string): string => {
        const blocks = node('Reshape', [weight.name, integers([to, from / BLOCK, BLOCK])]);
        const steps = node('Div', [node('ReduceMax', [node('Abs', [blocks]), integers([2])]), floats([127], [])]);
        const shifted = node('Add', [node('Round', [node('Div', [blocks, steps])]), floats([128], [])]);
        const bytes = node('Cast', [shifted], { to: { int: ELEMENTS.uint8 } });
        const flat = node('Reshape', [steps, integers([-1])]);
        const sizes = { K: { int: from }, N: { int: to }, bits: { int: 8 }, block_size: { int: BLOCK } };
        const level = { accuracy_level: { int: 4 } }; // integer products
        const name = node('com.microsoft.MatMulNBits', [rows, bytes, flat], { ...sizes, ...level });
        return bias ? node('Add', [name, bias.name]) : name;
      };
      return byRows(graph, product)(x, weight, bias);
    },
  };
});

/** Forms in whole numbers; how exact they are is another question, and these have ranges of nobody's measuring. */
export const WHOLE_FORMS: Readonly<Record<string, Form>> = {
  'int8: what precision int8 does': whole(),
  'int8: but for projections of attention': whole((graph) => ({ attention: onnxOps(graph).attention })),
  'int8: linear maps as well': whole(staticLinear),
  'int8: with the session extended, without blocked channels': {
    ...whole(),
    session: { graphOptimizationLevel: 'extended' },
  },
  'int8: what comes out not rounded (ConvInteger)': convInteger(statically),
  'int8: ranges found as it runs (ConvInteger)': convInteger(dynamically),
  'linear: int8': withOps(staticLinear),
  'linear: int8, ranges found as it runs (DynamicQuantizeMatMul)': dynamicLinear,
  'linear: weights of 8 bits (MatMulNBits)': nBitsLinear,
  'session: mlas.enable_gemm_fastmath_arm64_bfloat16': {
    session: { extra: { mlas: { enable_gemm_fastmath_arm64_bfloat16: '1' } } },
  },
};
