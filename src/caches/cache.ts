import { LRUCache } from 'lru-cache';
import * as v from 'valibot';
import { checkOptions, type OptionsOf, rule, shown } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';
import type { KeptLatents } from '../returns/keptLatents.ts';
import type { LatentPrecision } from '../returns/precision.ts';

/**
 * Keeps noisy latents by name, and may forget them. Values are typed arrays and never tensors, since whoever is handed
 * a tensor may dispose it; they must not be written to.
 */
export type LatentCache = KeptLatents & {
  /** What latents are rounded to, found or not; records of variants name it. @defaultValue 'float32' */
  readonly precision?: LatentPrecision;
  stats(): CacheStats;
  /** Gives up files and the like, where a cache has any. What it kept may be found by a later one. */
  dispose?(): void;
};

export type CacheStats = {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  /** Bytes held now. */
  readonly bytes: number;
  /** Records that were found damaged, and so were missed; for caches on disk. */
  readonly damaged?: number;
  /** Latents that could not be kept, and will be made anew; for caches on disk. */
  readonly unkept?: number;
};

/** Checked by {@link checkCacheSize}, which has a code of its own. */
export const sizeRule = rule<number>((value) => value !== undefined, 'a whole number of at least 1');

/** @throws ArgumentError `bad-cache-size` */
export const checkCacheSize = (maxBytes: unknown): void => {
  if (isCount(maxBytes)) return;
  throw new ArgumentError('bad-cache-size', `maxBytes must be a whole number of at least 1, got ${shown(maxBytes)}`);
};

const memorySchema = v.strictObject({
  /** What the latents may take together, in bytes. @defaultValue 256 MiB */
  maxBytes: v.optional(sizeRule),
});

/** @interface */
export type MemoryCacheOptions = OptionsOf<typeof memorySchema>;

/**
 * A cache in memory that forgets what was used least recently.
 *
 * @throws ArgumentError `bad-cache-size`, `unknown-option`.
 */
export const memoryCache = (options: MemoryCacheOptions = {}): LatentCache => {
  checkOptions('memoryCache', memorySchema, options);
  const { maxBytes = 256 * 2 ** 20 } = options;
  checkCacheSize(maxBytes);
  const latents = new LRUCache<string, Float32Array>({
    maxSize: maxBytes,
    sizeCalculation: (latent) => latent.byteLength,
  });
  let [hits, misses] = [0, 0];
  return {
    get(name) {
      const latent = latents.get(name);
      if (latent) hits += 1;
      else misses += 1;
      return latent;
    },
    set(name, latent) {
      latents.set(name, latent);
      return latent;
    },
    stats: () => ({ hits, misses, entries: latents.size, bytes: latents.calculatedSize }),
  };
};
