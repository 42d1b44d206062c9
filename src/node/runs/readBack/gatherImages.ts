import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import { shardCount } from '../plan.ts';
import type { FailedImage } from '../shardRecord.ts';
import { type KeyTable, keyTable } from './keyTable.ts';
import type { OpenRun } from './openRun.ts';
import type { ReadLater } from './reading.ts';
import type { OpenShard } from './shardReader.ts';

/** The images of which a run has samples. */
export type RunImages = {
  /** Of the first image; others may have another one, where `fit` let them. */
  readonly imageShape: ImageShape;
  readonly keys: KeyTable;
  /** Of those that have all their samples, in their order. */
  readonly places: Uint32Array;
  /** By place. */
  readonly failed: ReadonlyMap<number, FailedImage>;
};

/** Images whose shards are read at the same time, so that a store that is far away is waited for once and not often. */
const AT_ONCE = 16;

/**
 * Finds out what the images of a run are called. One shard of each image tells that, where no image failed and all
 * shards are there; else all are read.
 */
export const gatherImages = async (run: OpenRun, later: ReadLater): Promise<RunImages> => {
  const { plan, index } = run;
  const { data, shardImages } = plan;
  const keys = keyTable(data.count);
  const failed = new Map(index?.failed.map((one) => [one.place, one]));
  const shapes = new Map<number, ImageShape>();
  const isWhole = new Uint8Array(data.count);
  const firsts = Array.from({ length: Math.ceil(data.count / shardImages) }, (_, n) => n * shardImages);
  const gather = async (first: number): Promise<void> => {
    const shards = run.shardsFrom(first);
    const count = Math.min(shardImages, data.count - first);
    const places = Array.from({ length: count }, (_, n) => first + n);
    const isPlain = index !== undefined && !places.some((place) => failed.has(place));
    for (const { name } of isPlain ? shards.slice(0, 1) : shards) {
      const shard = await later(run.shard(name));
      if (shard) takeIn(shard, { keys, failed, shapes });
    }
    const isDone = shards.length === shardCount({ ...plan, data: { ...data, count } });
    if (isDone) for (const place of places) isWhole[place] = failed.has(place) ? 0 : 1;
  };
  for (let n = 0; n < firsts.length; n += AT_ONCE) await Promise.all(firsts.slice(n, n + AT_ONCE).map(gather));
  const imageShape =
    shapes.get([...shapes.keys()].reduce((least, place) => Math.min(least, place), Number.POSITIVE_INFINITY)) ??
    refuseEmpty(run, failed);
  return { imageShape, keys, places: Uint32Array.from(allOf(isWhole)), failed };
};

type Gathered = {
  readonly keys: KeyTable;
  readonly failed: Map<number, FailedImage>;
  /** Of the first image of each shard, by its place. */
  readonly shapes: Map<number, ImageShape>;
};

const takeIn = ({ samples, failed }: OpenShard, to: Gathered): void => {
  for (const { place, key, floatKey } of samples.values()) to.keys.add(place, key, floatKey);
  const [first] = samples.values();
  if (first) to.shapes.set(first.place, first.shape);
  for (const one of failed) if (!to.failed.has(one.place)) to.failed.set(one.place, one);
};

const refuseEmpty = ({ place }: OpenRun, failed: RunImages['failed']): never => {
  const [first] = failed.values();
  const why = first ? `: ${failed.size} images failed, ${first.name} for one, ${first.why}` : ' yet';
  throw new ArgumentError('no-samples', `the run in ${place} has no sample${why}; run it again`);
};

function* allOf(flags: Uint8Array): Generator<number> {
  for (let place = 0; place < flags.length; place += 1) if (flags[place]) yield place;
}
