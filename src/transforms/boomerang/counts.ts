/** What was achieved in an epoch, or in all. Counts are of images, and of network calls image by image. */
export type AugmentCounts = {
  /** Images that came. */
  readonly images: number;
  /** Selected images that the probability would change on average. */
  readonly asked: number;
  /** Images that were thrown and returned. */
  readonly changed: number;
  /** Mean strength of the variants that were used; 0 without any. */
  readonly meanStrength: number;
  /** Mean distance, in [0, 1] units, of the variants that were used; 0 without any. */
  readonly meanDistance: number;
  /** Variants that did not pass `keep` or `distance`. */
  readonly rejected: number;
  /** Variants that the classifier of `keep` was asked about. */
  readonly judged: number;
  /** Those of them that it still puts into their class. */
  readonly survived: number;
  /** Images that stayed what they are, since no variant passed. */
  readonly gaveUp: number;
  /** Network calls that ran; in all, those that filled a bank beforehand as well. */
  readonly evaluations: number;
  /** Network calls that the cache made unnecessary. */
  readonly evaluationsSaved: number;
  /** Images that the autoencoder of a latent model encoded; those that were kept from before are not among them. */
  readonly encodings: number;
};

export type Tally = { -readonly [K in keyof AugmentCounts]: number } & { landed: number };
export const SUMS = [
  'images',
  'asked',
  'changed',
  'landed',
  'meanStrength',
  'meanDistance',
  'rejected',
  'judged',
  'survived',
  'gaveUp',
  'evaluations',
  'evaluationsSaved',
  'encodings',
] as const;

export const emptyCounts = (): Tally => Object.fromEntries(SUMS.map((name) => [name, 0])) as Tally;

export const total = (tallies: readonly Tally[]): Tally => {
  const sum = emptyCounts();
  for (const counts of tallies) for (const name of SUMS) sum[name] += counts[name];
  return sum;
};

export const withMeans = ({ landed: _, ...counts }: Tally): AugmentCounts => ({
  ...counts,
  meanStrength: counts.meanStrength / Math.max(1, counts.changed),
  meanDistance: counts.meanDistance / Math.max(1, counts.changed),
});
