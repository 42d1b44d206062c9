import type { EpochLogs } from '../epochCallback.ts';
import type { Ledger, Look } from './ledger.ts';

/** An epoch of an augmenter that is over. */
export type EpochEnd = {
  /** From 0 on. */
  readonly epoch: number;
  /** Images that came. */
  readonly images: number;
  /** Images that were thrown and returned. */
  readonly changed: number;
  /** Mean strength of the variants that were used; 0 without any. */
  readonly strength: number;
  /** Share of variants that the classifier of `keep` still put into their class; undefined where it was not asked. */
  readonly labelsKept: number | undefined;
  /** What the measure of an adaptive schedule gave. */
  readonly measured: { readonly strength?: number | undefined; readonly probability?: number | undefined };
  /**
   * What the training said when it ended the epoch; undefined while all images of the epoch have come and nobody has
   * ended it, which may follow or not.
   */
  readonly logs: EpochLogs | undefined;
};

export type HearEpoch = (ended: EpochEnd) => void;

type Ended = Pick<EpochEnd, 'measured'> & { readonly logs: EpochLogs };

/** Tells those who want to hear it which epochs are over. */
export type EpochEnds = {
  listen(hear: HearEpoch): void;
  /** An epoch begins, perhaps one that was over before. */
  begun(epoch: number): void;
  /** No more images of an epoch will come; may be said more than once, and of epochs that have ended. */
  passed(epoch: number): void;
  /** The training has ended an epoch. */
  ended(epoch: number, how: Ended): void;
};

export const epochEnds = (ledger: Ledger): EpochEnds => {
  const listeners: HearEpoch[] = [];
  /** Epochs that somebody ended, and what had been counted when they began once more. */
  const over = new Set<number>();
  const before = new Map<number, Look>();
  const told = new Map<number, number>();
  const tell = (epoch: number, how?: Ended): void => {
    const counts = ledger.look(epoch, before.get(epoch));
    told.set(epoch, counts.images);
    for (const hear of listeners) hear({ epoch, ...summed(counts), measured: {}, logs: undefined, ...how });
  };
  return {
    listen: (hear) => void listeners.push(hear),
    begun(epoch) {
      if (!over.delete(epoch)) return;
      before.set(epoch, ledger.look(epoch));
      told.delete(epoch);
    },
    passed(epoch) {
      if (over.has(epoch) || ledger.look(epoch, before.get(epoch)).images === (told.get(epoch) ?? 0)) return;
      tell(epoch);
    },
    ended(epoch, how) {
      over.add(epoch);
      tell(epoch, how);
    },
  };
};

const summed = (counts: Look): Pick<EpochEnd, 'images' | 'changed' | 'strength' | 'labelsKept'> => ({
  images: counts.images,
  changed: counts.changed,
  strength: counts.meanStrength / Math.max(1, counts.changed),
  labelsKept: counts.judged > 0 ? counts.survived / counts.judged : undefined,
});
