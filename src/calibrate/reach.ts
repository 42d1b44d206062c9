import { type CurvePoint, crossing, crossingInterval, type Interval } from './intervals.ts';

/** What a strength does to images and their labels, as far as it says which strengths are useful. */
export type SurvivingPoint = {
  readonly strength: number;
  /** For each image, the share of its variants that keep the class; none where no classifier was asked. */
  readonly kept: readonly number[];
  /** Share of variants that keep their class, where a classifier was asked. */
  readonly retention?: { readonly mean: number; readonly interval: Interval };
  /** Distance among the variants of an image, in [0, 1] units. */
  readonly diversity: { readonly mean: number };
};

export type Survived = {
  /** By rising strength, over the same images. */
  readonly points: readonly SurvivingPoint[];
  /** What the autoencoder of a latent model alone does, without which no strength comes. */
  readonly roundTrip?: SurvivingPoint | undefined;
};

/** What counts as useful. */
export type Wanted = {
  /** Share of labels that are to be kept. */
  readonly target: number;
  /** Least RMS distance among variants, in [0, 1] units. */
  readonly minDiversity: number;
  /** Of the bootstrap. */
  readonly seed: string | number;
};

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
export const reachOf = (
  { points, roundTrip }: Survived,
  { target, seed }: Omit<Wanted, 'minDiversity'>,
  places?: readonly number[],
): Reach => {
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
  survived: Survived,
  wanted: Wanted,
  { labels, names }: { readonly labels: readonly number[]; readonly names: readonly string[] },
): ClassReach[] =>
  names.flatMap((name, label) => {
    const places = labels.flatMap((own, place) => (own === label ? [place] : []));
    if (places.length < LEAST_IMAGES) return [];
    const share = ({ kept }: SurvivingPoint): number =>
      places.reduce((sum, place) => sum + (kept[place] as number), 0) / places.length;
    return [{ label, name, ...reachOf(survived, wanted, places), retention: survived.points.map(share) }];
  });

/**
 * What nobody may take a useful band for: measured on Fashion-MNIST with 20 labels a class, and told wherever a band is.
 */
export const NO_BETTER =
  'kept labels are not a better classifier: beside RandAugment and cutmix, which are free, variants added nothing, but for classes with few images';

/**
 * The strengths worth using: variants differ by at least the least diversity, and the lower end of the interval of kept
 * labels is at least the target, where labels are asked for; on lines between the measured strengths. Undefined where
 * there is none.
 */
export const usefulBand = (
  { points, roundTrip }: Survived,
  { target, minDiversity }: Omit<Wanted, 'seed'>,
): Interval | undefined => {
  const curve = (value: (point: SurvivingPoint) => number, atZero: number): CurvePoint[] => [
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
