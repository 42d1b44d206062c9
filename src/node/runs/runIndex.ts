import type { Destination } from './destination.ts';
import type { RunPlan } from './plan.ts';
import type { FailedImage, ShardRecord } from './shardRecord.ts';

/** What a run has made: `index.json` in its destination, put there when all shards are. */
export type RunIndex = {
  readonly version: 1;
  /** The digest of the plan. */
  readonly run: string;
  readonly plan: RunPlan;
  /** By label; absent where the data has no classes. */
  readonly classes?: readonly string[];
  /** How many there are. */
  readonly samples: number;
  /** Samples that are the images themselves, since no variant passed; originals do not count. */
  readonly unchanged: number;
  /** By place, each once for the first shard that it failed in. */
  readonly failed: readonly FailedImage[];
  /** In their order. */
  readonly shards: readonly IndexedShard[];
  /** What computed the run, each once. */
  readonly made: readonly ShardRecord['made'][];
};

export type IndexedShard = {
  readonly name: string;
  readonly samples: number;
  /**
   * Where the files of its record are, in the same order; what was joined lies in another file, from a byte on. Absent
   * for folders of pictures, whose records name them.
   */
  readonly files?: readonly { readonly name: string; readonly at?: number }[];
};

export const INDEX = 'index.json';

/** The index of a run that was finished; undefined where it was not. */
export const readIndex = async (destination: Destination): Promise<RunIndex | undefined> => {
  const bytes = await destination.read(INDEX);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as RunIndex);
};

/** A shard in a line, so that people can read it. */
export const indexBytes = ({ shards, ...facts }: RunIndex): Uint8Array => {
  const head = JSON.stringify(facts, undefined, 2).slice(0, -2);
  const lines = shards.map((shard) => `    ${JSON.stringify(shard)}`);
  return new TextEncoder().encode(`${head},\n  "shards": [\n${lines.join(',\n')}\n  ]\n}\n`);
};
