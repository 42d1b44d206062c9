import type { Destination } from './destination.ts';
import { doneShards } from './missingShards.ts';
import { type RunPlan, type Shard, shardCount, shardsOf } from './plan.ts';
import { writeProgress } from './progressFile.ts';
import { INDEX } from './runIndex.ts';

/** Says how far a run is while one process works at it. */
export type ProgressWriter = {
  /** A shard is done: says so every few seconds. @param failed images that failed until now. */
  made(shard: Shard, failed: number): Promise<void>;
  /** Nobody works here any more. */
  stop(failed: number): Promise<void>;
};

const EVERY_MS = 5000;
/** What others have done meanwhile is looked for so often, since a list may be long. */
const LOOK_EVERY_MS = 60_000;

/** @param begun shards that were done when the work began. */
export const progressWriter = (plan: RunPlan, destination: Destination, begun: ReadonlySet<string>): ProgressWriter => {
  const [total, start] = [shardCount(plan), performance.now()];
  const all = plan.data.count * (plan.variants + Number(plan.originals));
  let [done, there] = [begun.size, imagesIn(plan, begun)];
  let [images, said, looked] = [0, start, start];
  const write = async (failed: number, workers: number): Promise<void> => {
    if (await destination.read(INDEX, { at: 0, bytes: 1 })) return; // somebody else has finished the run meanwhile
    const seconds = (performance.now() - start) / 1000;
    await writeProgress(destination, {
      ...{ done, total, samples: Math.max(0, there - failed), failed, workers, at: new Date().toISOString() },
      perSecond: workers === 0 ? 0 : images / seconds,
      ...(workers === 0 || images === 0 ? {} : { secondsLeft: ((all - there) * seconds) / images }),
    });
  };
  return {
    async made({ count }, failed) {
      [done, there, images] = [done + 1, there + count, images + count];
      const now = performance.now();
      if (now - said < EVERY_MS) return;
      said = now;
      if (now - looked >= LOOK_EVERY_MS) {
        const names = await doneShards(destination);
        [done, there, looked] = [names.size, imagesIn(plan, names), now];
      }
      await write(failed, 1);
    },
    stop: (failed) => write(failed, 0),
  };
};

const imagesIn = (plan: RunPlan, done: ReadonlySet<string>): number => {
  let images = 0;
  if (done.size > 0) for (const { name, count } of shardsOf(plan)) if (done.has(name)) images += count;
  return images;
};
