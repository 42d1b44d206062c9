import { type CurvePoint, crossing, crossingInterval, type Interval } from '../../calibrate/intervals.ts';
import type { SweepPoint, Swept } from '../../node/tuning/sweep.ts';
import type { Tuning } from './options.ts';

/** How far some images can be thrown. */
export type Reach = {
  /** Images that were measured. */
  readonly images: number;
  /** Up to this strength the share of kept labels is at least the target. */
  readonly strength: number;
  /** Its 95 % interval, by the bootstrap over images. */
  readonly strengthInterval: Interval;
};

export type ClassReach = Reach & {
  readonly label: number;
  readonly name: string;
  readonly retention: readonly number[];
};

/** Classes with fewer images are left out. */
const LEAST_IMAGES = 10;

/**
 * Where the curve of kept labels crosses the target, on lines between the measured strengths. It starts at strength 0,
 * with what the round trip of a latent model keeps; without one every image keeps its class there, since only those that
 * the classifier gets right are measured.
 */
export const reachOf = ({ points, roundTrip }: Swept, { target, seed }: Tuning, places?: readonly number[]): Reach => {
  const chosen = places ?? points[0]?.kept.map((_, place) => place) ?? [];
  const curve: CurvePoint[] = [
    { strength: 0, scores: chosen.map((place) => roundTrip?.kept[place] ?? 1) },
    ...points.map(({ strength, kept }) => ({ strength, scores: chosen.map((place) => kept[place] as number) })),
  ];
  const margin = (mean: number): number => mean - target;
  return {
    images: chosen.length,
    strength: crossing(curve, margin),
    strengthInterval: crossingInterval(curve, margin, [seed, 'tune']),
  };
};

/** The reach of each class that has enough images. */
export const reachPerClass = (
  swept: Swept,
  tuning: Tuning,
  { labels, names }: { readonly labels: readonly number[]; readonly names: readonly string[] },
): ClassReach[] =>
  names.flatMap((name, label) => {
    const places = labels.flatMap((own, place) => (own === label ? [place] : []));
    if (places.length < LEAST_IMAGES) return [];
    const share = ({ kept }: SweepPoint): number =>
      places.reduce((sum, place) => sum + (kept[place] as number), 0) / places.length;
    return [{ label, name, ...reachOf(swept, tuning, places), retention: swept.points.map(share) }];
  });

/**
 * The strengths worth using: variants differ by at least the least diversity, and the lower end of the interval of kept
 * labels is at least the target, where labels are asked for; on lines between the measured strengths. Undefined where
 * there is none.
 */
export const usefulBand = ({ points, roundTrip }: Swept, { target, minDiversity }: Tuning): Interval | undefined => {
  const curve = (value: (point: SweepPoint) => number, atZero: number): CurvePoint[] => [
    { strength: 0, scores: [atZero] },
    ...points.map((point) => ({ strength: point.strength, scores: [value(point)] })),
  ];
  const sure = curve(({ retention }) => retention?.interval[0] ?? 1, roundTrip?.retention?.interval[0] ?? 1);
  const diverse = curve(({ diversity }) => diversity.mean, 0);
  const to = crossing(sure, (share) => share - target);
  const from = crossing(diverse, (distance) => minDiversity - distance);
  const isReached = points.some(({ diversity }) => diversity.mean >= minDiversity);
  return isReached && from < to ? [from, to] : undefined;
};
