import { hash } from 'node:crypto';
import type { LatentCache } from '../../caches/cache.ts';
import { ArgumentError, isCount, pick } from '../../errors.ts';
import { PRECISIONS } from './precision.ts';
import { DIGEST_DIGITS } from './record.ts';
import { openStorage } from './storage.ts';

export type DiskCacheOptions = {
  /** What the files in the folder may take together, in bytes; those of other processes are counted. */
  readonly maxBytes: number;
  /**
   * `float32` keeps every bit. `float16` takes half the space, and rounds latents to 11 significant bits before they
   * are used, found or not: variants are the same with any float16 cache, full or empty, and others than without one.
   * @defaultValue 'float32'
   */
  readonly precision?: 'float32' | 'float16';
};

/**
 * A cache of latents in a folder, for as many processes as like to share it.
 *
 * Each process appends to files of its own and reads everybody's. What `set` was given is there after the process is
 * killed; after a power failure the last seconds may be missing, as nothing is forced to the disk. Every record has a
 * checksum: one that was damaged or cut off is not found, and counts in `stats().damaged`. When the bytes are used up,
 * the oldest file is dropped, but not one that a running process writes. When writing fails, as on a full disk, the
 * cache says so once, keeps nothing more, and still finds what it has.
 *
 * @param folder made where there is none; one that holds other files is refused.
 * @throws ArgumentError `bad-cache-size`, also from `set` when one latent is larger than `maxBytes`;
 * `unknown-precision`, `not-a-cache`.
 * @throws EnvironmentError `bad-cache-folder` when the folder cannot be made.
 */
export const diskCache = (folder: string, { maxBytes, precision = 'float32' }: DiskCacheOptions): LatentCache => {
  if (!isCount(maxBytes)) {
    throw new ArgumentError('bad-cache-size', `maxBytes must be a whole number of at least 1, got ${maxBytes}`);
  }
  const { encode, decode } = pick(PRECISIONS, precision, 'precision');
  const digestOf = (key: string): string =>
    hash('sha256', JSON.stringify([precision, key]), 'hex').slice(0, DIGEST_DIGITS);
  const storage = openStorage(folder, maxBytes);
  let [hits, misses] = [0, 0];
  return {
    get(key) {
      const data = storage.read(digestOf(key));
      if (data) hits += 1;
      else misses += 1;
      return data && decode(data);
    },
    set(key, given) {
      const { data, latent } = encode(given);
      if (data) storage.write(digestOf(key), data);
      return latent;
    },
    stats: () => ({ hits, misses, ...storage.stats() }),
    dispose: () => storage.close(),
  };
};
