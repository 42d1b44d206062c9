import { ArgumentError } from '../../errors.ts';
import type { NetOps } from '../../networks/ops.ts';
import { attention } from './attention.ts';
import type { GraphBuilder } from './graph.ts';
import { onnxOps } from './ops.ts';
import type { Value } from './value.ts';
import { type Range, wholeNumbers } from './wholeNumbers.ts';

/** Of what goes into a convolution, and of what comes out. */
export type ConvRanges = { readonly input: Range; readonly output: Range };

type Conv = NetOps<Value>['conv2d'];

/** On either side of a convolution that is computed in whole numbers: the first and the last of a network have fewer. */
const LEAST_CHANNELS = 16;

/** The operations with other convolutions, where there are channels enough; `place` counts those. */
const withConv = (graph: GraphBuilder, convolve: (place: number, conv: Conv) => Conv): NetOps<Value> => {
  const ops = onnxOps(graph);
  let places = 0;
  const conv2d: Conv = (x, weight, ...rest) => {
    const [to = 0, from = 0] = weight.shape;
    const conv = Math.min(to, from) < LEAST_CHANNELS ? ops.conv2d : convolve(places++, ops.conv2d);
    return conv(x, weight, ...rest);
  };
  return { ...ops, conv2d, attention: attention(graph, conv2d) };
};

/**
 * The operations with convolutions in whole numbers, projections of attention among them: what goes in and comes out is
 * rounded to 8 bits within its range, weights to 8 bits by output channel, biases to 32. It is written as rounding, of
 * which ONNX Runtime makes integer convolutions when a session starts; weights are rounded then, too, and stay in their
 * file as they are.
 *
 * @param ranges of each, as `measuringOps` measures them.
 * @see Jacob et al. 2018, arXiv:1712.05877, section 2.
 */
export const quantisedOps = (graph: GraphBuilder, ranges: readonly ConvRanges[]): NetOps<Value> => {
  const { rounded, stepsOf, roundedWeight, roundedBias } = wholeNumbers(graph);
  return withConv(graph, (place, conv) => (x, weight, bias, options) => {
    const { input, output } = ranges[place] as ConvRanges;
    const steps = stepsOf(weight);
    const y = conv(
      { ...x, name: rounded(x.name, input) },
      roundedWeight(weight, steps),
      bias && roundedBias(bias, { input, steps }),
      options,
    );
    return { ...y, name: rounded(y.name, output) };
  });
};

/**
 * The operations as they are, and what `quantisedOps` must know.
 *
 * @returns `ranges` of a network that was built throws ArgumentError `bad-precision` where nothing is to be measured.
 */
export const measuringOps = (graph: GraphBuilder): { readonly ops: NetOps<Value>; readonly ranges: () => Value } => {
  const { node, integers } = graph;
  const ends: string[] = [];
  const measure = ({ name }: Value): void => {
    const row = node('Reshape', [name, integers([0, -1])]);
    for (const end of ['ReduceMin', 'ReduceMax']) ends.push(node(end, [row, integers([1])]));
  };
  return {
    ops: withConv(graph, (_, conv) => (x, ...rest) => {
      const y = conv(x, ...rest);
      for (const value of [x, y]) measure(value);
      return y;
    }),
    ranges() {
      if (ends.length > 0) return { name: node('Concat', ends, { axis: { int: 1 } }), shape: [ends.length] };
      const rule = `no convolution of this network has ${LEAST_CHANNELS} channels on both sides`;
      throw new ArgumentError('bad-precision', `int8 cannot be had: ${rule}; leave precision out`);
    },
  };
};
