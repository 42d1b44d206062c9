import { hash } from 'node:crypto';
import * as v from 'valibot';
import { type CacheStats, checkCacheSize, type LatentCache, sizeRule } from '../../caches/cache.ts';
import { checkOptions, type OptionsOf, oneOf } from '../../checks.ts';
import { warn } from '../../warn.ts';
import { PRECISIONS } from './precision.ts';
import { DIGEST_DIGITS } from './record.ts';
import { openStorage } from './storage.ts';

const cacheSchema = v.strictObject({
  /** What the files in the folder may take together, in bytes; those of other processes are counted. */
  maxBytes: sizeRule,
  /**
   * `float32` keeps every bit. `float16` takes half the space, and rounds latents to 11 significant bits before they
   * are used, found or not: variants are the same with any float16 cache, full or empty, and others than without one.
   * @defaultValue 'float32'
   */
  precision: v.optional(oneOf('float32', 'float16')),
});

/** @interface */
export type DiskCacheOptions = OptionsOf<typeof cacheSchema>;

export type DiskCacheStats = CacheStats & {
  readonly damaged: number;
  /** Latents that could not be kept, for want of room, rights or range: they are made anew when they are asked for. */
  readonly unkept: number;
};

export type DiskCache = LatentCache & { stats(): DiskCacheStats };

/**
 * A cache of latents in a folder, for as many processes as like to share it.
 *
 * Each process appends to files of its own and reads everybody's: what another process wrote before a `get` is found,
 * on a network file system as soon as that shows it. A miss takes one look at the folder and one at each file that
 * others still write, however many files there are. What `set` was given is there after the process is killed; after a
 * power failure the last seconds may be missing, as nothing is forced to the disk. When the bytes are used up, the
 * oldest file is dropped, but not one that a running process writes.
 *
 * What is handed out is what was kept, or nothing: every record has a checksum. Damaged records count in
 * `stats().damaged`, and latents that could not be kept in `stats().unkept`: on a full disk, in a folder that cannot be
 * written, among too many writers, or beyond what float16 can hold. Each of these is said once on `console.warn`, as is
 * that a latent is there in the other precision, which is not used. When writing fails, the cache keeps nothing more,
 * and still finds what it has.
 *
 * @param folder made where there is none; one that holds other files is refused.
 * @throws ArgumentError `unknown-option`; `bad-cache-size`, also from `set` when one latent is larger than `maxBytes`;
 * `unknown-precision`, `not-a-cache`.
 * @throws EnvironmentError `bad-cache-folder` when the folder cannot be made.
 */
export const diskCache = (folder: string, options: DiskCacheOptions): DiskCache => {
  checkOptions('diskCache', cacheSchema, options);
  const { maxBytes, precision = 'float32' } = options;
  checkCacheSize(maxBytes);
  const { encode, decode } = PRECISIONS[precision];
  const storage = openStorage(folder, maxBytes);
  const other = precision === 'float32' ? 'float16' : 'float32';
  let [hits, misses, beyond, isOtherSaid] = [0, 0, 0, false];

  const lookForOther = (key: string): void => {
    if (isOtherSaid || !storage.has(digestOf(other, key))) return;
    isOtherSaid = true;
    warn(`the cache ${folder} has latents as ${other}, which are not used as ${precision}; open it with one precision`);
  };
  const passOver = (): void => {
    beyond += 1;
    if (beyond > 1) return;
    warn(`the cache ${folder} keeps no latent that goes beyond 65504, the largest float16; use precision 'float32'`);
  };
  return {
    precision,
    get(key) {
      const data = storage.read(digestOf(precision, key));
      if (data) {
        hits += 1;
        return decode(data);
      }
      misses += 1;
      lookForOther(key);
      return undefined;
    },
    set(key, given) {
      const { data, latent } = encode(given);
      if (data) storage.write(digestOf(precision, key), data);
      else passOver();
      return latent;
    },
    stats() {
      const { unkept, ...stats } = storage.stats();
      return { hits, misses, ...stats, unkept: unkept + beyond };
    },
    dispose: () => storage.close(),
  };
};

/** What a latent goes by: each precision has its own, as they hold different numbers. */
const digestOf = (precision: string, key: string): string =>
  hash('sha256', JSON.stringify([precision, key]), 'hex').slice(0, DIGEST_DIGITS);
