import type { CacheStats } from '../../caches/cache.ts';
import { warn } from '../../warn.ts';
import { type AugmentCounts, emptyCounts, SUMS, type Tally, total, withMeans } from './counts.ts';

export type { AugmentCounts } from './counts.ts';

/** What an augmenter did so far, in all and epoch by epoch, and what its cache holds. */
export type AugmentStats = AugmentCounts &
  CacheStats & { readonly epochs: readonly (AugmentCounts & { readonly epoch: number })[] };

/** Below this many images an epoch is too short to judge. */
const ENOUGH = 30;

/** What became of a variant; whether it `survives` is known where a classifier was asked. */
type Verdict = { readonly kept: boolean; readonly distance: number; readonly survives?: boolean | undefined };

/** Counts what an augmenter does, and notices when it does not do what it was asked for. */
export type Ledger = {
  /** Images of an element, and how many of them the probability asks for. */
  came(epoch: number, images: number, asked: number): void;
  returned(epoch: number, variant: Verdict & { readonly strength: number }): void;
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
  /** What was counted in an epoch so far, or since an earlier look at it. */
  look(epoch: number, since?: Look): Look;
};

/** Counts of an epoch at a moment: sums, of which means can be made. */
export type Look = Readonly<Tally>;

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
    returned(epoch, { kept, survives, strength, distance }) {
      const counts = tally(epoch);
      if (survives !== undefined) counts.judged += 1;
      if (survives) counts.survived += 1;
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
    look(epoch, since = emptyCounts()) {
      const counts = epochs.get(epoch) ?? emptyCounts();
      return Object.fromEntries(SUMS.map((name) => [name, counts[name] - since[name]])) as Tally;
    },
    stats: () => ({
      ...withMeans(total([...epochs.values()])),
      epochs: [...epochs].map(([epoch, counts]) => ({ epoch, ...withMeans(counts) })),
    }),
  };
};

const fellShort = ({ images, asked, changed, landed }: Tally): boolean =>
  images >= ENOUGH && landed === images && changed < asked / 3;

const shortfall = (epoch: number, { asked, changed, gaveUp }: Tally): string =>
  `epoch ${epoch} changed ${changed} images where about ${Math.round(asked)} were asked for (${gaveUp} had no variant that ` +
  'passed); look at select, keep, distance and strength';
