import type { CacheStats } from '../../caches/cache.ts';
import { warn } from '../../warn.ts';

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
  /** Images that stayed what they are, since no variant passed. */
  readonly gaveUp: number;
  /** Network calls that ran; in all, those that filled a bank beforehand as well. */
  readonly evaluations: number;
  /** Network calls that the cache made unnecessary. */
  readonly evaluationsSaved: number;
  /** Images that the autoencoder of a latent model encoded; those that were kept from before are not among them. */
  readonly encodings: number;
};

/** What an augmenter did so far, in all and epoch by epoch, and what its cache holds. */
export type AugmentStats = AugmentCounts &
  CacheStats & { readonly epochs: readonly (AugmentCounts & { readonly epoch: number })[] };

/** Below this many images an epoch is too short to judge. */
const ENOUGH = 30;

type Tally = { -readonly [K in keyof AugmentCounts]: number } & { landed: number };
const SUMS = [
  'images',
  'asked',
  'changed',
  'landed',
  'meanStrength',
  'meanDistance',
  'rejected',
  'gaveUp',
  'evaluations',
  'evaluationsSaved',
  'encodings',
] as const;

/** Counts what an augmenter does, and notices when it does not do what it was asked for. */
export type Ledger = {
  /** Images of an element, and how many of them the probability asks for. */
  came(epoch: number, images: number, asked: number): void;
  returned(
    epoch: number,
    variant: { readonly kept: boolean; readonly strength: number; readonly distance: number },
  ): void;
  evaluated(
    epoch: number,
    calls: { readonly evaluations: number; readonly encodings: number; readonly saved: number },
  ): void;
  gaveUp(epoch: number, images: number): void;
  /** Images with which all is done; until all that came have landed, an epoch is not judged. */
  landed(epoch: number, images: number): void;
  /** An epoch has ended: those that are complete are judged. */
  ended(): void;
  stats(): AugmentCounts & Pick<AugmentStats, 'epochs'>;
};

export const makeLedger = (): Ledger => {
  const epochs = new Map<number, Tally>();
  let warned = false;
  const judge = (): void => {
    for (const [before, counts] of epochs) {
      if (!warned && fellShort(counts)) warn(shortfall(before, counts));
      warned ||= fellShort(counts);
    }
  };
  const tally = (epoch: number): Tally => {
    const known = epochs.get(epoch);
    if (known) return known;
    judge();
    const fresh = emptyCounts();
    epochs.set(epoch, fresh);
    return fresh;
  };
  return {
    came(epoch, images, asked) {
      const counts = tally(epoch);
      counts.images += images;
      counts.asked += asked;
    },
    returned(epoch, { kept, strength, distance }) {
      const counts = tally(epoch);
      if (!kept) counts.rejected += 1;
      else {
        counts.changed += 1;
        counts.meanStrength += strength; // sums here, means when they are asked for
        counts.meanDistance += distance;
      }
    },
    evaluated(epoch, { evaluations, encodings, saved }) {
      const counts = tally(epoch);
      counts.encodings += encodings;
      counts.evaluations += evaluations;
      counts.evaluationsSaved += saved;
    },
    gaveUp(epoch, images) {
      tally(epoch).gaveUp += images;
    },
    landed(epoch, images) {
      tally(epoch).landed += images;
    },
    ended: judge,
    stats: () => ({
      ...withMeans(total([...epochs.values()])),
      epochs: [...epochs].map(([epoch, counts]) => ({ epoch, ...withMeans(counts) })),
    }),
  };
};

const emptyCounts = (): Tally => Object.fromEntries(SUMS.map((name) => [name, 0])) as Tally;

const total = (tallies: readonly Tally[]): Tally => {
  const sum = emptyCounts();
  for (const counts of tallies) for (const name of SUMS) sum[name] += counts[name];
  return sum;
};

const withMeans = ({ landed: _, ...counts }: Tally): AugmentCounts => ({
  ...counts,
  meanStrength: counts.meanStrength / Math.max(1, counts.changed),
  meanDistance: counts.meanDistance / Math.max(1, counts.changed),
});

const fellShort = ({ images, asked, changed, landed }: Tally): boolean =>
  images >= ENOUGH && landed === images && changed < asked / 3;

const shortfall = (epoch: number, { asked, changed, gaveUp }: Tally): string =>
  `epoch ${epoch} changed ${changed} images where about ${Math.round(asked)} were asked for (${gaveUp} had no variant that ` +
  'passed); look at select, keep, distance and strength';
