import type { Difference, Estimate } from '../intervals.ts';

const whole = new Intl.NumberFormat('en');

export const count = (value: number): string => whole.format(Math.round(value));

/** A share as percent, without the sign. */
export const percent = (share: number): string => minus((100 * share).toFixed(1));

/** A difference of two shares as percentage points, with its sign. */
export const points = (share: number): string => {
  const text = percent(share);
  return Number.parseFloat(text) > 0 ? `+${text}` : text;
};

/** A true minus, and no minus before a zero. */
const minus = (text: string): string => (/^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', '−'));

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

/** "a, b and c" */
export const list = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

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
