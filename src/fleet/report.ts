import type { Coordinated } from './coordinated.ts';
import { tellProgress } from './registry.ts';
import type { Tally } from './tally.ts';
import { inQueue } from './waiting.ts';

const TELL_EVERY_MS = 2000;
/** Redis names all its connections each time. */
const COUNT_EVERY_MS = 10_000;
/** Workers that are there already are seen a little later than the queue is filled. */
const PATIENCE = 2;

/**
 * Tells how far a run is: to the list in Redis, and to whoever asked for it; and says it once where nobody works.
 *
 * @returns is to be called often; tells every other second.
 */
export const startReport = ({ fleet, entry, say, onProgress }: Coordinated, tally: Tally): (() => Promise<void>) => {
  const { queue, run } = inQueue(entry);
  let toldAt = Number.NEGATIVE_INFINITY;
  let [workers, countedAt, alone] = [0, toldAt, 0];
  const count = async (): Promise<void> => {
    if (workers > 0 && performance.now() - countedAt < COUNT_EVERY_MS) return;
    countedAt = performance.now();
    workers = await fleet.queue(queue).getWorkersCount();
  };
  const sayAlone = (): void => {
    alone = workers > 0 ? 0 : alone + 1;
    if (alone !== PATIENCE) return;
    say(
      `no worker is there; start some: boomerang worker --model ${entry.model} --queue … (redis://${fleet.address.shown})`,
    );
  };
  return async () => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    await count();
    const progress = tally.progress(workers);
    await tellProgress(fleet.redis, run, progress);
    await onProgress?.(progress);
    if (progress.done < progress.total) sayAlone();
  };
};
