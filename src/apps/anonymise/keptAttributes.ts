import { shuffled } from '../../random.ts';
import type { Attributes, Vectors } from './embedder.ts';
import { type Share, shareOf } from './shares.ts';

/** Whether copies keep what an embedder tells of originals: an age, an expression. */
export type KeptAttribute = {
  /** Copies of which the same is told: equal words, or numbers no more than `within` apart. */
  readonly kept: Share;
  /** The share that a copy of anybody keeps: of originals that are paired with copies at random. */
  readonly chance: number;
  /** For numbers: how far apart counts as kept. 5 years for an `age`, else half a standard deviation of the originals. */
  readonly within?: number;
  /** For numbers: mean distance between original and copy, in the attribute's own unit. */
  readonly difference?: number;
};

const YEARS = 5;

/** Pairs from which chance is reckoned, at most: each meets each other one. */
const MOST = 1000;

/**
 * @param groups of each image the number of its person.
 * @returns by name, in the order of the alphabet, for what is told of some original and of its copy. Where it is told of
 *   one of both only, or is a word of one and a number of the other, it was not measured: `kept.of` says of how many it was.
 */
export const keptAttributes = (
  before: Vectors,
  after: Vectors,
  groups: ArrayLike<number>,
): Readonly<Record<string, KeptAttribute>> => {
  const names = new Set(before.attributes.flatMap((attributes) => Object.keys(attributes ?? {})));
  const all = [...names].sort().flatMap((name) => {
    const pairs = pairsOf(name, before, after);
    return pairs.length === 0 ? [] : [[name, keptOf(name, pairs, groups)] as const];
  });
  return Object.fromEntries(all);
};

type Value = Attributes[string];
type Pair = { readonly n: number; readonly a: Value; readonly b: Value };

const pairsOf = (name: string, before: Vectors, after: Vectors): readonly Pair[] =>
  before.attributes.flatMap((attributes, n) => {
    const [a, b] = [attributes?.[name], after.attributes[n]?.[name]];
    return isTold(a) && isTold(b) && typeof a === typeof b ? [{ n, a, b }] : [];
  });

const isTold = (value: Value | undefined): value is Value => typeof value === 'string' || Number.isFinite(value);

const keptOf = (name: string, pairs: readonly Pair[], groups: ArrayLike<number>): KeptAttribute => {
  const numbers = pairs.flatMap(({ a }) => (typeof a === 'number' ? [a] : []));
  const within = name === 'age' ? YEARS : deviation(numbers) / 2;
  const isKept = (a: Value, b: Value): boolean => (typeof a === 'number' ? Math.abs(a - Number(b)) <= within : a === b);
  const measured = {
    hits: pairs.map(({ a, b }) => Number(isKept(a, b))),
    groups: pairs.map(({ n }) => groups[n] as number),
  };
  const kept = shareOf(measured, ['utility', 'attribute', name]) as Share; // there is at least one pair
  const chance = chanceOf(pairs, isKept);
  if (numbers.length < pairs.length) return { kept, chance };
  const difference = pairs.reduce((sum, { a, b }) => sum + Math.abs(Number(a) - Number(b)), 0) / pairs.length;
  return { kept, chance, within, difference };
};

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** Every original with every copy, its own too. */
const chanceOf = (pairs: readonly Pair[], isKept: (a: Value, b: Value) => boolean): number => {
  const some = shuffled(pairs, ['chance']).slice(0, MOST);
  const kept = some.reduce((sum, { a }) => sum + some.filter(({ b }) => isKept(a, b)).length, 0);
  return kept / some.length ** 2;
};
