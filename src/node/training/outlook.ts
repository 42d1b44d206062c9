import type { HeldOutPoint } from './history.ts';

/** Fewer looks tell no curve. */
const LEAST_LOOKS = 3;
/** An error that falls by less than this, in logarithms, is flat: twice the time would take 3 % off it. */
const LEAST_SLOPE = 0.045;
/** Nobody knows the curve so far ahead. */
const FARTHEST = 20;

/**
 * What more minutes would give, by the curve so far: the error on held-out images falls by a power of the time, told
 * from the second half of the looks.
 *
 * @param wanted the error that is to be reached, below the last one.
 * @returns a sentence, or nothing where too little is known.
 */
export const outlook = (looks: readonly HeldOutPoint[], wanted: number): string | undefined => {
  const timed = looks.filter(({ minutes, error }) => minutes > 0 && error > 0);
  const last = timed.at(-1);
  if (last === undefined || timed.length < LEAST_LOOKS || !(last.error > wanted)) return undefined;
  const recent = timed.slice(-Math.max(LEAST_LOOKS, Math.ceil(timed.length / 2)));
  const slope = -slopeOf(recent.map(({ minutes, error }) => [Math.log(minutes), Math.log(error)]));
  const known = `By the curve so far (${timed.length} looks in ${last.minutes.toFixed(0)} minutes)`;
  if (!(slope >= LEAST_SLOPE)) {
    return `${known} the error falls no more: other images, a larger network or another learning rate would help, and time would not.`;
  }
  const times = (last.error / wanted) ** (1 / slope);
  if (times > FARTHEST) return `${known} images would take shape after more than ${FARTHEST} times as long.`;
  return `${known} images would take shape in about ${Math.ceil((times - 1) * last.minutes)} more minutes.`;
};

/** Of the line with the least squares. */
const slopeOf = (points: readonly (readonly [x: number, y: number])[]): number => {
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const along = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return along / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
};
