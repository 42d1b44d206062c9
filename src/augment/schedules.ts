import { ArgumentError, isCount } from '../errors.ts';
import type { StrengthSpec } from '../noise/strength.ts';

/** A strength for every epoch, or one that follows progress: 0 in the first epoch, 1 in the last. */
export type Strength = StrengthSpec | ((progress: number) => StrengthSpec);

/** The same strength throughout. */
export const constant =
  (strength: number): ((progress: number) => number) =>
  () =>
    strength;

/** In a straight line from one strength to another. */
export const ramp =
  (from: number, to: number): ((progress: number) => number) =>
  (progress) =>
    from + (to - from) * progress;

/** From one strength to another along half a cosine: slow at both ends. */
export const cosine =
  (from: number, to: number): ((progress: number) => number) =>
  (progress) =>
    from + ((to - from) * (1 - Math.cos(Math.PI * progress))) / 2;

/**
 * Equal shares of the run at each strength in turn.
 *
 * @throws ArgumentError `bad-strength` for an empty list.
 */
export const stepwise = (strengths: readonly number[]): ((progress: number) => number) => {
  const last = strengths.at(-1);
  if (last === undefined) throw new ArgumentError('bad-strength', 'stepwise needs at least one strength, got none');
  return (progress) => strengths[Math.floor(progress * strengths.length)] ?? last;
};

/**
 * How much of a run of `epochs` lies behind at the start of an epoch: 0 in the first, 1 in the last and beyond.
 *
 * @throws ArgumentError `bad-epochs`.
 */
export const progressAt = (epoch: number, epochs: number | undefined): number => {
  if (!isCount(epochs)) {
    const rule = 'a strength that changes needs { epochs }, the number of epochs of the run';
    throw new ArgumentError('bad-epochs', `${rule}, a whole number of at least 1; got ${epochs}`);
  }
  return epochs === 1 ? 0 : Math.min(epoch / (epochs - 1), 1);
};
