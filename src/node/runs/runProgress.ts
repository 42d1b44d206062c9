import type { Destination } from './destination.ts';
import { doneShards } from './missingShards.ts';
import { type RunPlan, type Shard, shardCount } from './plan.ts';
import { PROGRESS } from './removeLeftOvers.ts';
import { INDEX } from './runIndex.ts';

/** How far a run is: `progress.json` in its destination, while something is under way. */
export type RunProgress = {
  /** Shards that are done, and all that there are. */
  readonly done: number;
  readonly total: number;
  /** Samples that were made since somebody began to count, images that failed since. */
  readonly samples: number;
  readonly failed: number;
  /** Samples that are made in a second; 0 where nobody works any more. */
  readonly perSecond: number;
  readonly secondsLeft?: number;
  /** How many work at it, as far as the writer knows. */
  readonly workers: number;
  /** When it was written, as ISO 8601 has it. */
  readonly at: string;
};

export const writeProgress = (destination: Destination, progress: RunProgress): Promise<void> =>
  destination.put(PROGRESS, new TextEncoder().encode(`${JSON.stringify(progress)}\n`));

export type ProgressWriter = {
  /** A shard is done: says so every few seconds. */
  made(shard: Shard, outcome: { readonly samples: number }, failed: number): Promise<void>;
  /** Nobody works here any more. */
  stop(failed: number): Promise<void>;
};

const EVERY_MS = 5000;
/** What others have done meanwhile is looked for so often, since a list may be long. */
const LOOK_EVERY_MS = 60_000;

/** @param begun shards that were done when the work began. */
export const progressWriter = (plan: RunPlan, destination: Destination, begun: ReadonlySet<string>): ProgressWriter => {
  const total = shardCount(plan);
  const start = performance.now();
  let [done, images, samples] = [begun.size, 0, 0];
  let [said, looked] = [start, start];
  const write = async (failed: number, workers: number): Promise<void> => {
    if (await destination.read(INDEX, { at: 0, bytes: 1 })) return; // somebody else has finished the run meanwhile
    const seconds = (performance.now() - start) / 1000;
    const left = plan.data.count * (plan.variants + Number(plan.originals)) * (1 - done / total);
    await writeProgress(destination, {
      ...{ done, total, samples, failed, workers, at: new Date().toISOString() },
      perSecond: workers === 0 ? 0 : samples / seconds,
      ...(workers === 0 || images === 0 ? {} : { secondsLeft: (left * seconds) / images }),
    });
  };
  return {
    async made({ count }, outcome, failed) {
      [done, images, samples] = [done + 1, images + count, samples + outcome.samples];
      const now = performance.now();
      if (now - said < EVERY_MS) return;
      if (now - looked >= LOOK_EVERY_MS) [done, looked] = [(await doneShards(destination)).size, now];
      said = now;
      await write(failed, 1);
    },
    stop: (failed) => write(failed, 0),
  };
};
