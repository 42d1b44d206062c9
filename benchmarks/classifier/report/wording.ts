import { count, list, percent } from '../../../src/node/html/wording.ts';
import type { Difference, Estimate } from '../intervals.ts';

export { count, list, percent };

/** A difference of two shares as percentage points, with its sign. */
export const points = (share: number): string => {
  const text = percent(share);
  return Number.parseFloat(text) > 0 ? `+${text}` : text;
};

/** A mean share with its interval, in percent. */
export const plusMinus = ({ mean, half }: Estimate): string =>
  half === undefined ? `${percent(mean)} (one seed)` : `${percent(mean)} ± ${percent(half)}`;

/** Both ends of the interval of a difference, in percentage points. */
export const ends = ({ mean, half }: Estimate): string =>
  half === undefined ? 'one seed, no interval' : `${percent(mean - half)} to ${percent(mean + half)}`;

export const chance = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toFixed(3))}`);

export const tally = ({ above, seeds }: Difference): string => `${above} of ${seeds}`;

export const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 120 * 60) return `${(seconds / 60).toFixed(0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
};

/** How an arm is called in sentences and tables: "classical + Boomerang, ramp". */
export const armName = (arm: string): string =>
  arm
    .replace(':', ', ')
    .replaceAll('+', ' + ')
    .replaceAll(/\bboomerang\b/g, 'Boomerang');

/** What sets a variant apart from the arm that it is a variant of; nothing for other arms. */
export const variantName = (arm: string): string | undefined => arm.split(':')[1];

/** "… ramp" for variants, where they stand below what they are variants of. */
export const shortName = (arm: string): string => {
  const variant = variantName(arm);
  return variant ? `… ${variant}` : armName(arm);
};
