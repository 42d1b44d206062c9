import type { Destination } from './destination.ts';
import { SHARD_FOLDERS } from './formats/index.ts';
import type { NameSet } from './nameSet.ts';
import { PROGRESS } from './progressFile.ts';

/**
 * Removes files of shards that are not to stay: of writers that came second or were ended, and pieces that are joined.
 * Nobody can be writing one that counts, once all shards are there.
 */
export const removeLeftOvers = async (destination: Destination, staying: NameSet): Promise<void> => {
  for (const folder of SHARD_FOLDERS) {
    for await (const name of destination.list(folder)) if (!staying.has(name)) await destination.remove(name);
  }
  await destination.remove(PROGRESS);
  await destination.sweep();
};
