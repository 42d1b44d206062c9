import { LRUCache } from 'lru-cache';
import { EnvironmentError } from '../../../errors.ts';
import type { RunIndex } from '../runIndex.ts';
import { type FailedImage, recordName, type SampleEntry, type ShardRecord } from '../shardRecord.ts';
import type { Reading } from './reading.ts';

/** A shard that is done, understood. */
export type OpenShard = {
  /** By the place of their image. */
  readonly samples: ReadonlyMap<number, SampleEntry>;
  readonly failed: readonly FailedImage[];
  /** Where the files of its record lie: those that were joined to others begin somewhere in them. */
  readonly files: readonly { readonly name: string; readonly at?: number }[];
};

/** Opens shards by their names; undefined for those that are not done. */
export type ShardReader = (shard: string) => Reading<OpenShard | undefined>;

/** Samples that are remembered of shards that were opened last: about 110 MiB. */
const MOST_SAMPLES = 2 ** 18;

/** @param place for messages. */
export const shardReader = (place: string, index: RunIndex | undefined): ShardReader => {
  const kept = new LRUCache<string, OpenShard>({
    maxSize: MOST_SAMPLES,
    sizeCalculation: ({ samples }) => samples.size + 1,
  });
  const joined = new Map(index?.shards.map(({ name, files }) => [name, files]));
  return function* open(shard) {
    const known = kept.get(shard);
    if (known) return known;
    const bytes = yield { name: recordName(shard) };
    if (bytes === undefined) return undefined;
    const again = kept.get(shard); // another one opened it meanwhile
    if (again) return again;
    const { samples, failed, files } = parsed(place, shard, bytes);
    const opened = {
      samples: new Map(samples.map((sample) => [sample.place, sample])),
      failed,
      files: joined.get(shard) ?? files.map(({ name }) => ({ name })),
    };
    kept.set(shard, opened);
    return opened;
  };
};

const parsed = (place: string, shard: string, bytes: Uint8Array): ShardRecord => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as ShardRecord;
  } catch (cause) {
    throw damaged(place, recordName(shard), { why: 'it is no JSON', cause });
  }
};

/** @param name of the file. */
export const damaged = (
  place: string,
  name: string,
  { why, cause }: { readonly why: string; readonly cause?: unknown },
): EnvironmentError =>
  new EnvironmentError(
    'damaged-run',
    `cannot read ${name} in ${place}: ${why}; copy it anew, or remove the record of its shard and run that again`,
    { cause },
  );
