import type { Choice } from './choice.ts';
import { valuesOf } from './drawing.ts';

export type Measured = { readonly strength: number; readonly secondsPerVariant: number };

/** What a run makes and takes. */
export type RunTime = {
  /** Variants that are made, on average. */
  readonly variants: number;
  readonly seconds: number;
  /** Whether all are made once, before or in the first epochs, and nothing afterwards. */
  readonly isOnce: boolean;
};

/** Seconds that a variant takes at a strength, on lines between those measured; beyond them as at the nearest. */
export const secondsAt = (measured: readonly Measured[], strength: number): number => {
  const after = measured.findIndex((point) => point.strength >= strength);
  const to = measured[after] ?? measured.at(-1);
  const from = after > 0 ? measured[after - 1] : to;
  if (!from || !to) return Number.NaN;
  if (from.strength === to.strength) return to.secondsPerVariant;
  const share = (strength - from.strength) / (to.strength - from.strength);
  return from.secondsPerVariant + (to.secondsPerVariant - from.secondsPerVariant) * share;
};

/**
 * What the variants of a run take on this machine.
 *
 * Every image is changed with the probability of the epoch, anew in each. With a bank each image has some variants that
 * are made once, all at the strength of the first epoch.
 *
 * @param images of an epoch.
 */
export const runTimeOf = (
  { epochs, strength, probability, bank }: Choice['schedule'],
  images: number,
  measured: readonly Measured[],
): RunTime => {
  const strengths = valuesOf(strength, epochs);
  const secondsOf = (value: number): number => (value > 0 ? secondsAt(measured, value) : 0);
  if (bank > 0) {
    const first = strengths[0] ?? 0;
    const variants = first > 0 ? images * bank : 0;
    return { variants, seconds: variants * secondsOf(first), isOnce: true };
  }
  let [variants, seconds] = [0, 0];
  for (const [epoch, share] of valuesOf(probability, epochs).entries()) {
    const value = strengths[epoch] ?? 0;
    const made = value > 0 ? images * share : 0; // an image that is not thrown costs nothing
    variants += made;
    seconds += made * secondsOf(value);
  }
  return { variants, seconds, isOnce: false };
};

/** A time for people: `40 s`, `12 min`, `3.5 h`, `2.1 days`. */
export const timeText = (seconds: number): string => {
  if (seconds < 0.95) return 'less than a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Number((seconds / 3600).toPrecision(2))} h`;
  return `${Number((seconds / 86400).toPrecision(2))} days`;
};
