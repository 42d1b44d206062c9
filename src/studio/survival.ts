import { type Interval, meanOf, wilsonInterval } from '../calibrate/intervals.ts';
import { type Survived, usefulBand, type Wanted } from '../calibrate/reach.ts';
import type { SurvivalPoint } from './api.ts';
import type { Choice } from './choice.ts';

/** The strengths that are measured, as `boomerang tune` does if it is not told others. */
export const STRENGTHS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8] as const;

/** Measured points in order, the round trip of a latent model apart. */
export const survivedOf = (
  points: readonly SurvivalPoint[],
): { readonly points: readonly SurvivalPoint[]; readonly roundTrip?: SurvivalPoint } => {
  const roundTrip = points.find((point) => point.roundTrip);
  const thrown = points.filter((point) => !point.roundTrip).sort((a, b) => a.strength - b.strength);
  return { points: thrown, ...(roundTrip ? { roundTrip } : {}) };
};

/** What a point says of a class alone; the distances stay those of all images. */
export const ofClass = (point: SurvivalPoint, label: number): SurvivalPoint => {
  const places = point.labels.flatMap((own, place) => (own === label ? [place] : []));
  const kept = places.map((place) => point.kept[place] as number);
  const retention = { mean: meanOf(kept), interval: wilsonInterval(kept) };
  return { ...point, kept, labels: places.map(() => label), retention };
};

/** How many images of each class were measured. */
export const countsOf = ({ labels }: Pick<SurvivalPoint, 'labels'>): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

/** Which strengths are useful, or why none is, in words. */
export const usefulText = (survived: Survived, wanted: Omit<Wanted, 'seed'>): string => {
  const { target, minDiversity } = wanted;
  const kept = percent(target);
  const band = usefulBand(survived, wanted);
  if (band) {
    const [from, to] = band.map(twoDigits);
    return `Useful from ${from} to ${to}: there ${kept} of labels are surely kept, and variants differ by at least ${minDiversity}.`;
  }
  const most = Math.max(...survived.points.map(({ diversity }) => diversity.mean));
  if (most < minDiversity) {
    return `No strength is useful: variants differ by ${most.toFixed(3)} at most, and ${minDiversity} is asked for.`;
  }
  return `No strength is useful: where ${kept} of labels are surely kept, variants do not yet differ by ${minDiversity}. More images make it surer.`;
};

/** Variants that a measurement makes at most: images that the classifier gets wrong are left out. */
export const variantsToMeasure = ({ images, variants }: Choice['measure'], heldOut: number): number =>
  Math.min(images, heldOut) * variants * STRENGTHS.length;

/** A band in two digits, as people say it. */
export const bandText = ([from, to]: Interval): string => `${twoDigits(from)} to ${twoDigits(to)}`;

export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

const twoDigits = (strength: number): string => strength.toFixed(2);
