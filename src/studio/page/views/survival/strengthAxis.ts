import type { SurvivalPoint } from '../../../api.ts';
import { STRENGTHS } from '../../../survival.ts';
import type { ChartAxis } from '../../parts/series.ts';

/** The axis that all curves share; it is there, as long as it will be, before anything is measured. */
export const strengthAxis = (points: readonly SurvivalPoint[]): ChartAxis => ({
  label: 'strength (share of the way into noise)',
  domain: [0, Math.max(...STRENGTHS, ...points.map(({ strength }) => strength))],
});

/** The end of an axis: what was measured and a little more, but at least so much. */
export const topOf = (values: readonly number[], least: number): number =>
  Math.max(least, 1.08 * Math.max(0, ...values));
