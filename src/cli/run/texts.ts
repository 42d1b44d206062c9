import { ArgumentError, isCount } from '../../errors.ts';
import type { RunAugment } from '../../node/runs/planRun.ts';
import { toNumber, toStrengths } from '../numbers.ts';

export type AskedStrength = number | readonly number[] | { readonly from: number; readonly to: number };

/** A strength; several, of which each variant draws one; or a range that it draws from. @throws ArgumentError `bad-strength` */
export const toStrength = (text: string): AskedStrength => {
  const range = text.split('..');
  if (range.length === 1) {
    const strengths = toStrengths(text, 'strength') as [number, ...number[]];
    return strengths.length === 1 ? strengths[0] : strengths;
  }
  const [from = Number.NaN, to = Number.NaN] = range.map((one) => toNumber(one, 'strength'));
  if (range.length === 2 && from >= 0 && from <= to && to <= 1) return { from, to };
  throw new ArgumentError('bad-strength', `a range of strengths is FROM..TO with 0 <= FROM <= TO <= 1, got ${text}`);
};

/** Bounds of a distance: `0.02..0.3`, `..0.3`, `0.02..`. @throws ArgumentError `bad-distance` */
export const toBounds = (text: string): NonNullable<RunAugment['distance']> => {
  const [min = '', max = '', ...others] = text.split('..');
  if (others.length > 0 || !text.includes('..') || (min === '' && max === '')) {
    throw new ArgumentError('bad-distance', `distance is MIN..MAX, of which one may be left out, got ${text}`);
  }
  return {
    ...(min === '' ? {} : { min: toNumber(min, 'distance') }),
    ...(max === '' ? {} : { max: toNumber(max, 'distance') }),
  };
};

/** How many of so many images: `1%` of them, or a number. @throws ArgumentError `bad-max-failed` */
export const toMostFailed = (text: string): ((images: number) => number) => {
  const isShare = text.endsWith('%');
  const value = toNumber(isShare ? text.slice(0, -1) : text, 'max-failed');
  if (isShare && value >= 0 && value <= 100) return (images) => Math.floor((images * value) / 100);
  if (!isShare && isCount(value, 0)) return () => value;
  throw new ArgumentError('bad-max-failed', `max-failed is a share such as 1%, or a whole number, got ${text}`);
};

/** @throws ArgumentError `bad-price-per-hour` */
export const toPrice = (text: string): number => {
  const price = toNumber(text, 'price-per-hour');
  if (price >= 0 && Number.isFinite(price)) return price;
  throw new ArgumentError('bad-price-per-hour', `price-per-hour must be a number of at least 0, got ${text}`);
};
