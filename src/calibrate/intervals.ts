import { type SeedPath, uniformStream } from '../random.ts';

/** Both ends of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** How many standard deviations 95 % of a normal distribution lie within. */
const Z = 1.959964;
const RESAMPLES = 1000;

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return sum / values.length;
};

/**
 * Interval of a mean of shares, one for each image. Each image counts once, however many variants its share comes
 * from: these are alike, and counting them singly would promise too much.
 *
 * @see Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export const wilsonInterval = (shares: ArrayLike<number>): Interval => {
  const count = shares.length;
  const share = meanOf(shares);
  const centre = share + Z ** 2 / (2 * count);
  const half = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
};

/** Interval of a mean of any numbers, one for each image, by the normal approximation. */
export const normalInterval = (values: ArrayLike<number>): Interval => {
  const mean = meanOf(values);
  const variance = meanOf(Array.from(values, (value) => (value - mean) ** 2));
  const half = Z * Math.sqrt(variance / Math.max(1, values.length - 1));
  return [mean - half, mean + half];
};

/** What was measured at a strength, image by image: the same images in the same order at every strength. */
export type CurvePoint = { readonly strength: number; readonly scores: ArrayLike<number> };

/**
 * How far up a curve a mean score stays on the right side of a target: the strength at which a line through the
 * measured points first crosses it; the first strength if it is never there, the last if it always is.
 *
 * @param points by rising strength, at least one.
 * @param margin how far a mean is on the right side, at least 0 where it meets the target; linear in the mean.
 */
export const crossing = (
  points: readonly CurvePoint[],
  margin: (mean: number) => number,
  mean: (scores: ArrayLike<number>) => number = meanOf,
): number => {
  let before: { readonly strength: number; readonly margin: number } | undefined;
  for (const { strength, scores } of points) {
    const here = margin(mean(scores));
    if (here < 0) {
      if (before === undefined) return strength;
      return before.strength + ((strength - before.strength) * before.margin) / (before.margin - here);
    }
    before = { strength, margin: here };
  }
  return before?.strength ?? Number.NaN;
};

/**
 * Interval of a {@link crossing}, by the bootstrap: the images are drawn again with replacement, and the curve of each
 * draw crosses somewhere.
 *
 * @see Efron 1979, "Bootstrap methods: another look at the jackknife"; the percentile interval.
 */
export const crossingInterval = (
  points: readonly CurvePoint[],
  margin: (mean: number) => number,
  path: SeedPath,
): Interval => {
  const count = points[0]?.scores.length ?? 0;
  const next = uniformStream([path, 'bootstrap']);
  const crossings = new Float64Array(RESAMPLES);
  const drawn = new Uint32Array(count);
  const meanOfDrawn = (scores: ArrayLike<number>): number => {
    let sum = 0;
    for (const n of drawn) sum += scores[n] as number;
    return sum / count;
  };
  for (let b = 0; b < RESAMPLES; b += 1) {
    for (let n = 0; n < count; n += 1) drawn[n] = Math.floor(next() * count);
    crossings[b] = crossing(points, margin, meanOfDrawn);
  }
  crossings.sort();
  const at = (share: number): number => crossings[Math.round(share * (RESAMPLES - 1))] as number;
  return [at(0.025), at(0.975)];
};
