import { warn } from '../warn.ts';
import type { ImageKey } from './batch.ts';

/** What an augmenter did so far. Counts are of images, and of network calls image by image. */
export type AugmentStats = {
  /** Images that came. */
  readonly images: number;
  /** Images that were thrown and returned. */
  readonly changed: number;
  /** Network calls that ran. */
  readonly evaluations: number;
  /** Network calls that the cache made unnecessary. */
  readonly evaluationsSaved: number;
  /** Latents found in the cache. */
  readonly hits: number;
  readonly misses: number;
  /** Latents in the cache now. */
  readonly entries: number;
  readonly bytes: number;
};

type Counts = Omit<AugmentStats, 'hits' | 'misses' | 'entries' | 'bytes'>;

/** How many images are watched for: a second epoch brings them again, and more would cost memory for nothing. */
const WATCHED = 1024;

/** Counts what an augmenter does, and notices when nobody advances the epoch. */
export type Ledger = {
  add(counts: Partial<Counts>): void;
  counts(): Counts;
  watch(keys: readonly ImageKey[], epoch: number): void;
};

export const makeLedger = (): Ledger => {
  let counts: Counts = { images: 0, changed: 0, evaluations: 0, evaluationsSaved: 0 };
  let seen = new Set<ImageKey>();
  let seenIn = 0;
  let warned = false;
  return {
    add({ images = 0, changed = 0, evaluations = 0, evaluationsSaved = 0 }) {
      counts = {
        images: counts.images + images,
        changed: counts.changed + changed,
        evaluations: counts.evaluations + evaluations,
        evaluationsSaved: counts.evaluationsSaved + evaluationsSaved,
      };
    },
    counts: () => counts,
    watch(keys, epoch) {
      if (epoch !== seenIn) [seen, seenIn] = [new Set(), epoch];
      if (!warned && keys.some((key) => seen.has(key))) {
        warned = true;
        warn(repeated(epoch));
      }
      for (const key of keys) if (seen.size < WATCHED) seen.add(key);
    },
  };
};

const repeated = (epoch: number): string =>
  `the same image came twice in epoch ${epoch} and got the same variant both times; if this was a new epoch, pass ` +
  'augment.callback() to fitDataset, call augment.setEpoch(epoch), or use augmentDataset(dataset, options)';
