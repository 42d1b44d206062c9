import { ArgumentError, isCount } from '../../errors.ts';
import type { StrengthSpec } from '../../noise/strength.ts';

/** One of several throws, each of what the one before brought back. */
export type CascadeThrow = { readonly strength: StrengthSpec; readonly steps?: number | undefined };

/** A throw whose strength is a share of the forward process, and whose steps are said. */
export type PlainThrow = { readonly strength: number; readonly steps: number };

/**
 * Throws of one step each, ever smaller. At equal cost they come nearer to the truth than few throws of several steps, and
 * are as sharp: each draws fresh noise, in which what the one before invented is forgotten.
 *
 * @param count of throws, a whole number of at least 1; a single one is as strong as `from`.
 * @param from strength of the first, in (0, 1].
 * @param to that of the last, above 0 and at most `from`.
 * @throws ArgumentError `bad-cascade`
 */
export const fallingCascade = (count: number, from: number, to: number): readonly PlainThrow[] => {
  if (!isCount(count) || !(to > 0 && to <= from && from <= 1)) {
    const rule = 'a falling cascade needs a count of throws, and strengths that fall: 1 >= from >= to > 0';
    throw new ArgumentError('bad-cascade', `${rule}; got ${count} from ${from} to ${to}`);
  }
  const last = Math.max(1, count - 1);
  return Array.from({ length: count }, (_, n) => ({ strength: from + ((to - from) * n) / last, steps: 1 }));
};
