import type { Utility } from './utility.ts';

/** What is compared of two utilities: attributes by their names, such as `attribute age`. */
export type UtilityName = 'distance' | 'ssim' | 'labels' | 'found' | 'frechet' | `attribute ${string}`;

/** In what one utility is worse than another, and in what it is better. */
export type UtilityOrder = { readonly worse: readonly UtilityName[]; readonly better: readonly UtilityName[] };

/** Frechet distances compare where both are of as many pictures, but for this share: few pictures make it larger. */
const AS_MANY = 0.9;

/**
 * Compares what two sets of copies of the same images keep, figure by figure, whatever their intervals say. An attribute
 * that is told of a copy no longer counts as lost, and so does whatever was measured of one of both only; a Frechet
 * distance of fewer pictures is left out.
 */
export const compareUtilities = (one: Utility, other: Utility): UtilityOrder => {
  const [a, b] = [gainsOf(one), gainsOf(other)];
  if (!isOfAsMany(one, other)) for (const gains of [a, b]) gains.delete('frechet');
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const gain = (name: UtilityName): number => (a.get(name) ?? NONE) - (b.get(name) ?? NONE);
  return { worse: names.filter((name) => gain(name) < 0), better: names.filter((name) => gain(name) > 0) };
};

/** Below all that can be measured. */
const NONE = -1e9;

/** What is the better the higher it is. */
const gainsOf = ({ images, distance, ssim, labels, found, frechet, attributes }: Utility): Map<UtilityName, number> => {
  const gains = new Map<UtilityName, number>([
    ['distance', -distance],
    ['ssim', ssim],
  ]);
  if (labels) gains.set('labels', labels.share);
  if (found) gains.set('found', found.share);
  for (const [name, { kept }] of Object.entries(attributes)) {
    gains.set(`attribute ${name}`, (kept.share * kept.of) / images); // of all images: who is not found keeps nothing
  }
  if (frechet) gains.set('frechet', -frechet.distance);
  return gains;
};

const isOfAsMany = ({ frechet: a }: Utility, { frechet: b }: Utility): boolean =>
  a !== undefined && b !== undefined && Math.min(a.of, b.of) >= AS_MANY * Math.max(a.of, b.of);
