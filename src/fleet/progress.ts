import type { RunProgress } from '../node/runs/progressFile.ts';

/** How far a run is, over all its workers. */
export type Progress = Omit<RunProgress, 'at'>;

/** How much was made of late. */
export type Rate = {
  add(samples: number): void;
  perSecond(): number;
};

const SPAN_MS = 60_000;

/**
 * Counts what is made over the last minute, or since the beginning where that is sooner.
 *
 * @param clock ms.
 */
export const startRate = (clock: () => number = () => performance.now()): Rate => {
  const begun = clock();
  let made: { readonly at: number; readonly samples: number }[] = [];
  const forget = (): void => {
    made = made.filter(({ at }) => at > clock() - SPAN_MS);
  };
  return {
    add(samples) {
      forget();
      made.push({ at: clock(), samples });
    },
    perSecond() {
      forget();
      const seconds = Math.min(clock() - begun, SPAN_MS) / 1000;
      const samples = made.reduce((sum, one) => sum + one.samples, 0);
      return seconds > 0 ? samples / seconds : 0;
    },
  };
};
