import type { ReturnOptions } from '../../augment/plan.ts';
import { ArgumentError, isCount } from '../../errors.ts';
import type { Engine } from '../../models/model.ts';
import type { Part } from '../../node/data/source.ts';
import { toNumber, toNumbers } from '../numbers.ts';

/** What the command line says, as text. */
export type EvaluateOptions = {
  readonly revision: string;
  readonly images: string;
  readonly part: string;
  readonly fit: string;
  readonly strengths: string;
  readonly returns: string;
  readonly steps?: string;
  readonly solver?: string;
  readonly classifier?: string | false;
  readonly seed: string;
  readonly engine: 'auto' | Engine;
  readonly backend: string;
  readonly json?: boolean;
};

/** What is to be measured. */
export type Asked = {
  /** So many images at most, for the error. */
  readonly images: number;
  /** So many at most, for the returns. */
  readonly returns: number;
  readonly strengths: readonly number[];
  readonly part: Part;
  readonly seed: string;
  readonly way: Omit<ReturnOptions, 'strength'>;
};

/** @throws ArgumentError `bad-images`, `bad-returns`, `bad-strengths`, `bad-steps`, `bad-part` */
export const readAsked = ({ images, returns, strengths, steps, solver, part, seed }: EvaluateOptions): Asked => ({
  images: toCount(images, 'images'),
  returns: toCount(returns, 'returns'),
  strengths: toNumbers(strengths, 'strengths'),
  part: toPart(part),
  seed,
  way: {
    ...(steps === undefined ? {} : { steps: toNumber(steps, 'steps') }),
    ...(solver === undefined ? {} : { solver }),
  },
});

const toCount = (text: string, name: string): number => {
  const count = toNumber(text, name);
  if (isCount(count)) return count;
  throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least 1, got ${text}`);
};

const toPart = (text: string): Part => {
  if (text === 'train' || text === 'test') return text;
  throw new ArgumentError('bad-part', `part must be train or test, got ${text}`);
};
