import { ArgumentError } from '../../errors.ts';
import { readRecord } from './commitShard.ts';
import type { Destination } from './destination.ts';
import { checkFailed } from './failures.ts';
import { inOrder } from './inOrder.ts';
import { joinPieces, PIECES, type PieceList } from './joinPieces.ts';
import { nameSet } from './nameSet.ts';
import { planDigest, type RunPlan, type Shard, shardsOf } from './plan.ts';
import { removeLeftOvers } from './removeLeftOvers.ts';
import { INDEX, type IndexedShard, indexBytes, type RunIndex, readIndex } from './runIndex.ts';
import type { FailedImage, ShardRecord } from './shardRecord.ts';

export type FinishOptions = {
  /** So many images at most may have failed. @defaultValue any */
  readonly mostFailed?: number;
};

/**
 * Finishes a run of which all shards are there: joins what is joined, puts the index, and removes what is left over.
 * Several may do it at once, and whoever comes after one that was ended does the rest.
 *
 * @throws ArgumentError `shards-missing`, `too-many-failed`, `bad-format`.
 */
export const finishRun = async (
  destination: Destination,
  plan: RunPlan,
  { mostFailed = Number.POSITIVE_INFINITY }: FinishOptions = {},
): Promise<RunIndex> => {
  const found = await gather(destination, plan);
  checkFailed(found.failed, mostFailed);
  const instead = async (error: unknown): Promise<RunIndex> => {
    const index = await indexThere(destination, plan); // of another one, who has removed the pieces that it joined
    if (index) return index;
    throw error;
  };
  const index = (await indexThere(destination, plan)) ?? (await putIndex(destination, plan, found).catch(instead));
  await removeLeftOvers(destination, found.names);
  return index;
};

const indexThere = async (destination: Destination, plan: RunPlan): Promise<RunIndex | undefined> => {
  const there = await readIndex(destination);
  return there?.run === planDigest(plan) ? there : undefined;
};

const putIndex = async (destination: Destination, plan: RunPlan, found: Gathered): Promise<RunIndex> => {
  const { lists, failed, made, unchanged } = found;
  const places = plan.format === 'idx' ? await joinPieces(destination, lists) : undefined;
  const index: RunIndex = {
    ...{ version: 1, run: planDigest(plan), plan },
    ...(plan.data.classes ? { classes: plan.data.classes } : {}),
    samples: lists.reduce((sum, { samples }) => sum + samples, 0),
    ...{ unchanged, failed, made },
    shards: lists.map(({ shard, samples, files }): IndexedShard => {
      const own = places?.get(shard) ?? files.map(({ name }) => ({ name }));
      return { name: shard, samples, ...(plan.format === 'folder' ? {} : { files: own }) };
    }),
  };
  await destination.put(INDEX, indexBytes(index));
  return index;
};

type Gathered = {
  readonly lists: readonly PieceList[];
  readonly unchanged: number;
  readonly failed: readonly FailedImage[];
  readonly made: readonly ShardRecord['made'][];
  /** Of files that stay. */
  readonly names: ReturnType<typeof nameSet>;
};

/** What the records of all shards say, of which each is in memory alone. */
const gather = async (destination: Destination, plan: RunPlan): Promise<Gathered> => {
  const lists: PieceList[] = [];
  const failed = new Map<number, FailedImage>();
  const made = new Map<string, ShardRecord['made']>();
  const names = nameSet();
  let unchanged = 0;
  const read = async ({ name }: Shard) => ({ name, record: await readRecord(destination, name) });
  for await (const { name, record } of inOrder(shardsOf(plan), read)) {
    if (record === undefined) {
      throw new ArgumentError(
        'shards-missing',
        `${destination.place} has no shard ${name} yet; make all that are missing`,
      );
    }
    const { shard, files, samples } = record;
    const [first] = samples;
    const listed = plan.format === 'folder' ? [] : files;
    lists.push({ shard, files: listed, samples: samples.length, ...(first ? { shape: first.shape } : {}) });
    unchanged += samples.filter((one) => one.unchanged).length;
    for (const one of record.failed) if (!failed.has(one.place)) failed.set(one.place, one);
    made.set(JSON.stringify(record.made), record.made);
    for (const file of files) if (!file.name.startsWith(PIECES)) names.add(file.name);
  }
  return {
    ...{ lists, unchanged, names },
    failed: [...failed.values()].sort((a, b) => a.place - b.place),
    made: [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
  };
};
