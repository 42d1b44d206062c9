import { type Interval, meanOf, normalInterval } from '../../../calibrate/intervals.ts';
import type { PlainThrow } from '../cascade.ts';
import { type MeasuredCascade, QUALITIES, type Qualities } from './measured.ts';
import type { CascadeGoal } from './options.ts';

/** A mean over images, and its 95 % interval over images like these. */
export type MeanEstimate = { readonly mean: number; readonly interval: Interval };

export type QualityEstimates = Readonly<Record<keyof Qualities, MeanEstimate>>;

/** What a cascade is worth. */
export type CascadePoint = {
  readonly cascade: readonly PlainThrow[];
  /** Network calls for one result of an image. */
  readonly evaluations: number;
  /** Of the mean of several results. */
  readonly mean: QualityEstimates;
  /** Of the first result alone. */
  readonly one: QualityEstimates;
  /** By how much the best is better in what counts, image by image: in dB, or in distance. */
  readonly behind: MeanEstimate;
};

/** Which cascade to take, and all that speaks for it. */
export type CascadeChoice = {
  readonly chosen: CascadePoint;
  /** That of the best mean, which may cost more. */
  readonly best: CascadePoint;
  /** All that were measured, the cheapest first. */
  readonly points: readonly CascadePoint[];
  /** Without the model: enlarged by a cubic filter, and held to what was seen. */
  readonly baseline: CascadePoint;
  /** By how much the chosen one is better than the baseline in what counts, image by image. */
  readonly gain: MeanEstimate;
};

/**
 * The cheapest cascade that may be as good as the best: the 95 % interval of their difference, image by image, includes 0.
 *
 * @param measured of the same images, at least one beside the baseline.
 */
export const chooseCascade = (
  measured: readonly MeasuredCascade[],
  baseline: MeasuredCascade,
  goal: CascadeGoal,
): CascadeChoice => {
  const worth = (one: MeasuredCascade): readonly number[] => worthOf(one, goal);
  const best = measured.reduce((a, b) => (meanOf(worth(b)) > meanOf(worth(a)) ? b : a));
  const pointOf = (one: MeasuredCascade): CascadePoint => ({
    cascade: one.cascade,
    evaluations: one.evaluations,
    mean: estimatesOf(one.mean),
    one: estimatesOf(one.one),
    behind: difference(worth(best), worth(one)),
  });
  const cheapestFirst = (a: CascadePoint, b: CascadePoint): number =>
    a.evaluations - b.evaluations || a.behind.mean - b.behind.mean;
  const points = measured.map((one) => ({ one, ...{ point: pointOf(one) } }));
  points.sort((a, b) => cheapestFirst(a.point, b.point));
  const chosen = points.find(({ point }) => point.behind.interval[0] <= 0) as (typeof points)[number];
  return {
    chosen: chosen.point,
    best: (points.find(({ one }) => one === best) as (typeof points)[number]).point,
    points: points.map(({ point }) => point),
    baseline: pointOf(baseline),
    gain: difference(worth(chosen.one), worth(baseline)),
  };
};

/** What counts, image by image, the higher the better. */
export const worthOf = ({ mean, one }: MeasuredCascade, goal: CascadeGoal): readonly number[] =>
  goal === 'fidelity' ? mean.psnr : one.distance.map((distance) => -distance);

const estimateOf = (values: readonly number[]): MeanEstimate => ({
  mean: meanOf(values),
  interval: normalInterval(values),
});

const difference = (a: readonly number[], b: readonly number[]): MeanEstimate =>
  estimateOf(a.map((value, n) => value - (b[n] as number)));

const estimatesOf = (qualities: Qualities): QualityEstimates =>
  Object.fromEntries(QUALITIES.map((name) => [name, estimateOf(qualities[name])])) as QualityEstimates;
