import { ArgumentError, isCount } from '../../errors.ts';
import type { GraphFacts } from './graphFacts.ts';
import { type GraphInput, isInteger } from './graphInput.ts';
import { volume } from './protocol.ts';

/** What a network is asked, as many rows of every input. Read once, left alone. */
export type SessionFeeds = {
  readonly rows: number;
  /** By the role of an input: `x`, `timesteps`, `labels`, `embeddings`, `guidance` or `ids`. */
  readonly inputs: Readonly<Record<string, Feed>>;
};

/** Values of one input, row after row. */
export type Feed = {
  /** Fractions are rounded where the graph takes integers, but not in ids. */
  readonly data: ArrayLike<number>;
  /** Of one row: `[H, W, C]` of a map, `[L, C]` of rows of tokens, `[L]` of ids, `[]` of a number. */
  readonly shape: readonly number[];
};

/** What a network answers. */
export type SessionOutput = {
  readonly data: Float32Array;
  /** With the rows in front; maps are `[N, H, W, C]`. */
  readonly shape: readonly number[];
};

/**
 * Checks feeds against what the graph takes.
 *
 * @returns them in the order of the graph's inputs.
 * @throws ArgumentError `bad-feeds`.
 */
export const checkFeeds = ({ rows, inputs }: SessionFeeds, facts: GraphFacts): readonly Feed[] => {
  if (!isCount(rows)) throw badFeeds(`rows must be a whole number of at least 1, got ${rows}`);
  const roles = facts.inputs.map(({ role }) => role);
  const spare = Object.keys(inputs).find((name) => inputs[name] !== undefined && !roles.includes(name));
  if (spare !== undefined) {
    throw badFeeds(`${spare} were given, but the graph takes ${roles.join(', ')} only; leave them out`);
  }
  return facts.inputs.map((input) => {
    const feed = inputs[input.role];
    if (feed === undefined) throw badFeeds(`the graph wants ${input.role} as well; it takes ${roles.join(', ')}`);
    checkFeed(feed, rows, input);
    return feed;
  });
};

const checkFeed = ({ data, shape }: Feed, rows: number, { role, type, shape: wanted }: GraphInput): void => {
  const isFitting =
    shape.length === wanted.length && wanted.every((size, axis) => (size || shape[axis]) === shape[axis]);
  if (!isFitting || !shape.every((size) => isCount(size))) {
    const sizes = wanted.map((size) => size || 'any').join(', ');
    throw badFeeds(`each row of ${role} must be of shape [${sizes}], got [${shape.join(', ')}]`);
  }
  const count = rows * volume(shape);
  if (data.length !== count) {
    throw badFeeds(`${rows} rows of ${role} [${shape.join(', ')}] have ${count} values, got ${data.length}`);
  }
  if (isInteger(type)) checkIntegers(data, role, wanted.length > 0);
};

const LARGEST = 2 ** 31 - 1; // they go to a thread as int32

const checkIntegers = (data: ArrayLike<number>, role: string, areIds: boolean): void => {
  for (let i = 0; i < data.length; i += 1) {
    const value = data[i] as number;
    if (Math.abs(value) <= LARGEST && (!areIds || Number.isInteger(value))) continue;
    throw badFeeds(`${role} must be ${areIds ? 'whole ' : ''}numbers of at most ${LARGEST}, got ${value}`);
  }
};

const badFeeds = (message: string): ArgumentError => new ArgumentError('bad-feeds', message);
