import type { Destination } from './destination.ts';
import type { ShardFile } from './format.ts';

/** Files that are put at once: a disk makes several safe by one write, and the way to a store is long. */
const AT_ONCE = 16;

/** Puts the files of a shard that are not there yet. Where one fails, some others may be there. */
export const putFiles = async (destination: Destination, files: readonly ShardFile[]): Promise<void> => {
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE);
    await Promise.all(some.map(({ name, bytes }) => destination.putNew(name, bytes)));
  }
};
