import { ArgumentError } from '../../errors.ts';
import type { CurvePoint } from './choose.ts';

/**
 * The lowest strength from which on every one meets the target, at the upper end of its interval.
 *
 * @throws ArgumentError `target-not-met`
 */
export const chooseStrength = (curve: readonly CurvePoint[], target: number): CurvePoint => {
  const rising = [...curve].sort((a, b) => a.strength - b.strength);
  const firstGood = rising.findLastIndex(({ risk }) => risk > target) + 1;
  const chosen = rising[firstGood];
  if (chosen) return chosen;
  const best = rising.reduce((least, point) => (point.risk < least.risk ? point : least));
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rule = `no strength up to ${rising.at(-1)?.strength} keeps re-identification below ${percent(target)}`;
  const seen = `the upper end of its interval is ${percent(best.risk)} at strength ${best.strength}, the best of them`;
  const remedy = 'try higher strengths, more people, another model, or a higher target';
  throw new ArgumentError('target-not-met', `${rule}: ${seen}; ${remedy}`);
};
