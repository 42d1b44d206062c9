import type { GraphBuilder } from './graph.ts';
import { ELEMENTS } from './protos.ts';
import type { Value } from './value.ts';

/** The least and the largest number that a value takes. */
export type Range = readonly [least: number, largest: number];

const AXIS = { axis: { int: 0 } } as const; // of output channels, in weights and biases

/** The nodes that round values to whole numbers and widen them again; ONNX Runtime makes integer operations of them. */
export const wholeNumbers = (graph: GraphBuilder) => {
  const { node, floats, integers } = graph;
  const made = new Map<string, string>();
  const constant = (type: keyof typeof ARRAYS, value: number, shape: readonly number[]): string => {
    const name = `${type}[${shape}] ${value}`;
    const data = new Uint8Array(ARRAYS[type](shape[0] ?? 1, value).buffer);
    if (!made.has(name)) made.set(name, graph.initializer(name, { type, shape, data }));
    return name;
  };
  const zeros = (type: 'int8' | 'int32', { shape: [channels = 0] }: Value): string => constant(type, 0, [channels]);
  return {
    /** To 8 bits and back. */
    rounded(value: string, range: Range): string {
      const { step, zero } = stepOf(range);
      const how = [floats([step], []), constant('uint8', zero, [])];
      return node('DequantizeLinear', [node('QuantizeLinear', [value, ...how]), ...how]);
    },
    /** How much one step of a convolution's weight is, by output channel. */
    stepsOf(weight: Value): string {
      const largest = node('ReduceMax', [node('Abs', [weight.name]), integers([1, 2, 3])], { keepdims: { int: 0 } });
      return node('Max', [node('Div', [largest, floats([64], [])]), floats([SMALLEST], [])]);
    },
    /** A convolution's weight to 8 bits and back. */
    roundedWeight(weight: Value, steps: string): Value {
      const how = [steps, zeros('int8', weight)];
      const whole = node('QuantizeLinear', [weight.name, ...how], AXIS);
      return { ...weight, name: node('DequantizeLinear', [whole, ...how], AXIS) };
    },
    /** A bias to 32 bits and back, in steps of the products that it is added to. */
    roundedBias(bias: Value, { input, steps }: { readonly input: Range; readonly steps: string }): Value {
      const product = node('Mul', [steps, floats([stepOf(input).step], [])]);
      const whole = node('Cast', [node('Round', [node('Div', [bias.name, product])])], { to: { int: ELEMENTS.int32 } });
      return { ...bias, name: node('DequantizeLinear', [whole, product, zeros('int32', bias)], AXIS) };
    },
  };
};

const ARRAYS = {
  uint8: (count: number, value: number) => new Uint8Array(count).fill(value),
  int8: (count: number, value: number) => new Int8Array(count).fill(value),
  int32: (count: number, value: number) => new Int32Array(count).fill(value),
};

/** A step is never 0, even of what is 0 throughout. */
const SMALLEST = 1e-12;

/** The steps of 8 bits over a range and 0, which is met exactly: padding is made of it. */
const stepOf = ([least, largest]: Range): { readonly step: number; readonly zero: number } => {
  const [low, high] = [Math.min(least, 0), Math.max(largest, 0)];
  const step = Math.fround(Math.max((high - low) / 255, SMALLEST));
  return { step, zero: Math.round(-low / step) };
};
