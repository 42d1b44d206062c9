import { createHash } from 'node:crypto';
import type { Model } from '../../models/model.ts';
import type { Destination } from './destination.ts';
import type { Format } from './format.ts';
import { PIECES } from './joinPieces.ts';
import type { MadeShard } from './makeShard.ts';
import type { Shard } from './plan.ts';
import { putFiles } from './putFiles.ts';
import { INDEX } from './runIndex.ts';
import { recordName, type SampleEntry, type ShardRecord } from './shardRecord.ts';

export type Committing = {
  readonly shard: Shard;
  /** The digest of the plan. */
  readonly run: string;
  readonly format: Format;
  readonly made: ShardRecord['made'];
  readonly destination: Destination;
};

/** The record of a shard that is done; undefined for one that is not. */
export const readRecord = async (destination: Destination, shard: string): Promise<ShardRecord | undefined> => {
  const bytes = await destination.read(recordName(shard));
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as ShardRecord);
};

/**
 * Puts a shard: its files first, and then the record, by which it is done. Where somebody else was first, his record
 * counts, and files that it does not name are removed.
 */
export const commitShard = async (
  { made, failed }: MadeShard,
  { shard, run, format, made: by, destination }: Committing,
): Promise<{ readonly outcome: 'made' | 'there'; readonly record: ShardRecord }> => {
  const { files, spans } = await format.lay(
    shard,
    made.map(({ sample }) => sample),
  );
  await putFiles(destination, files);
  const record: ShardRecord = {
    version: 1,
    shard: shard.name,
    run,
    files: files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) })),
    samples: made.map(({ sample, key, floatKey, bankNames }, n): SampleEntry => {
      const { id, place, shape, label, softLabel, record: how } = sample;
      const isUnchanged = shard.variant !== 'original' && how?.kept !== true;
      return {
        ...{ id, place, key, floatKey, shape },
        ...(label === undefined ? {} : { label }),
        ...(softLabel ? { softLabel } : {}),
        ...(isUnchanged ? { unchanged: true as const } : {}),
        bankNames,
        ...(spans[n] as (typeof spans)[number]),
      };
    }),
    failed,
    made: by,
  };
  if (await destination.putNew(recordName(shard.name), new TextEncoder().encode(`${JSON.stringify(record)}\n`))) {
    return { outcome: 'made', record };
  }
  const first = await readRecord(destination, shard.name);
  const named = new Set(first?.files.map(({ name }) => name));
  const isFinished = (await destination.read(INDEX, { at: 0, bytes: 1 })) !== undefined;
  for (const { name } of files) {
    if (!named.has(name) || (isFinished && name.startsWith(PIECES))) await destination.remove(name);
  }
  return { outcome: 'there', record: first ?? record };
};

/** What computes a model here. */
export const madeBy = (model: Model, backend: string): ShardRecord['made'] => ({
  engine: model.engine,
  backend,
  device: model.device ?? 'cpu',
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
