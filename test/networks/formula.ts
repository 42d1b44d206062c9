import type { Weight } from '../../src/engines/tfjs/parameters.ts';

const product = (shape: readonly number[]): number => shape.reduce((size, count) => size * count, 1);

/** Numbers in [-1, 1] from a name, the same in test/fixtures/networks/make_variants.py. */
export const formula = (name: string, shape: readonly number[]): Float32Array => values(name, shape, (value) => value);

const values = (name: string, shape: readonly number[], map: (value: number) => number): Float32Array => {
  const start = [...name].reduce((sum, letter, i) => sum + (i + 1) * letter.charCodeAt(0), 0);
  const noise = (i: number): number => (((((i + start) * 7919) % 104729) * 31) % 2003) / 1001 - 1;
  return Float32Array.from({ length: product(shape) }, (_, i) => map(noise(i)));
};

/** A parameter whose size suits its place: a network of such parameters keeps its signal and leans on each of them. */
const parameter = (name: string, shape: readonly number[]): Weight => {
  const middle = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
  const fan = Math.sqrt(product(shape.slice(1)));
  const map = (value: number): number => (shape.length === 1 ? value * 0.2 + middle : (value * 1.7) / fan);
  return { shape, data: values(name, shape, map) };
};

/** Weights by formula for every parameter of a network. */
export const formulaWeights = (shapes: ReadonlyMap<string, readonly number[]>): Map<string, Weight> =>
  new Map([...shapes].map(([name, shape]) => [name, parameter(name, shape)]));
