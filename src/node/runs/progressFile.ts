import * as v from 'valibot';
import type { Destination } from './destination.ts';

/** How far a run is, over all that work on it. It lies in the destination while something is under way, and no longer. */
export const PROGRESS = 'progress.json';

export type RunProgress = {
  /** Shards that are there. */
  readonly done: number;
  /** Shards of the whole run. */
  readonly total: number;
  /** In the shards that are there; with a queue, in those that were made since whoever feeds it began. */
  readonly samples: number;
  /** Images of which no sample could be made. */
  readonly failed: number;
  /** Images a second, of all workers; 0 where nothing was measured yet. */
  readonly perSecond: number;
  /** Absent where nothing was measured yet. */
  readonly secondsLeft?: number;
  /** Processes that work on it. */
  readonly workers: number;
  /** When it was written: ISO 8601, in UTC. */
  readonly at: string;
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Later versions may say more of a run, which this one leaves alone. */
const schema = v.object({
  done: count,
  total: count,
  samples: count,
  failed: count,
  perSecond: amount,
  secondsLeft: v.optional(amount),
  workers: count,
  at: v.pipe(v.string(), v.isoTimestamp()),
});

/** Says how far a run is. Of many that say it at once the last one is believed: it is of no weight for the run. */
export const writeProgress = (destination: Destination, progress: RunProgress): Promise<void> =>
  destination.put(PROGRESS, new TextEncoder().encode(`${JSON.stringify(progress, null, 2)}\n`));

/** @returns undefined where nothing is under way, or what is there is no progress. */
export const readProgress = async (destination: Pick<Destination, 'read'>): Promise<RunProgress | undefined> => {
  const bytes = await destination.read(PROGRESS);
  return bytes && progressIn(new TextDecoder().decode(bytes));
};

/** The progress in a text; undefined for one that is damaged. */
export const progressIn = (text: string): RunProgress | undefined => {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(text));
    return success ? (output as RunProgress) : undefined;
  } catch {
    return undefined;
  }
};
