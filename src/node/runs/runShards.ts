import { readRecord } from './commitShard.ts';
import type { Destination } from './destination.ts';
import { checkFailed } from './failures.ts';
import { inOrder } from './inOrder.ts';
import { doneShards } from './missingShards.ts';
import type { Workshop } from './openWorkshop.ts';
import type { Shard } from './plan.ts';
import { type ProgressWriter, progressWriter } from './runProgress.ts';
import type { FailedImage } from './shardRecord.ts';

export type RunShardsOptions = {
  readonly destination: Destination;
  /** The part of the run that is made here, in its order, whether or not it is done. */
  readonly shards: readonly Shard[];
  readonly signal: AbortSignal;
  /** So many images at most may fail, in shards that were done before as well. */
  readonly mostFailed: number;
  /** Told the share of the part that is done. */
  readonly onProgress?: (share: number) => void;
};

/** What became of the shards of a part. */
export type PartDone = { readonly made: number; readonly there: number };

/**
 * Makes the shards of a part that are not there yet, one after another.
 *
 * @throws BoomerangError `too-many-failed`; what the signal was aborted with; the errors of `Workshop.make`.
 */
export const runShards = async (workshop: Workshop, options: RunShardsOptions): Promise<PartDone> => {
  const { destination, shards, mostFailed, onProgress } = options;
  const done = await doneShards(destination);
  const missing = shards.filter(({ name }) => !done.has(name));
  const there = shards.filter(({ name }) => done.has(name));
  const failures = new Map<number, FailedImage>();
  const note = (failed: readonly FailedImage[]): void => {
    for (const one of failed) failures.set(one.place, one);
    checkFailed([...failures.values()], mostFailed);
  };
  const failedIn = async ({ name }: Shard) => (await readRecord(destination, name))?.failed ?? [];
  for await (const failed of inOrder(there, failedIn)) note(failed);
  if (missing.length === 0) onProgress?.(1);
  if (missing.length === 0) return { made: 0, there: there.length };
  await workshop.announce(missing);
  const progress = progressWriter(workshop.plan, destination, done);
  const images = missing.reduce((sum, { count }) => sum + count, 0);
  let [before, made] = [0, 0];
  try {
    for (const shard of missing) {
      const told = (count: number): void => onProgress?.((before + count) / images);
      const outcome = await workshop.make(shard, { destination, signal: options.signal, onProgress: told });
      before += shard.count;
      made += Number(outcome.outcome === 'made');
      told(0);
      note(outcome.record.failed);
      await progress.made(shard, failures.size);
    }
  } finally {
    await stopped(progress, failures.size);
  }
  return { made, there: shards.length - made };
};

/** What it says when it ends is of use, and no reason to hide why it ended. */
const stopped = (progress: ProgressWriter, failed: number): Promise<void> =>
  progress.stop(failed).catch(() => undefined);
