import { LRUCache } from 'lru-cache';
import { ArgumentError, isCount } from '../errors.ts';

/**
 * Keeps noisy latents by key. Values are typed arrays and never tensors, since whoever is handed a tensor may
 * dispose it; they must not be written to.
 */
export type LatentCache = {
  get(key: string): Float32Array | undefined;
  /**
   * Keeps a latent, if it can.
   *
   * @returns what `get` hands out for it, which is to be used from now on: the latent itself, unless it was rounded.
   */
  set(key: string, latent: Float32Array): Float32Array;
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
};

/**
 * A cache in memory that forgets what was used least recently.
 *
 * @throws ArgumentError `bad-cache-size`.
 */
export const memoryCache = ({ maxBytes = 256 * 2 ** 20 }: { readonly maxBytes?: number } = {}): LatentCache => {
  if (!isCount(maxBytes)) {
    throw new ArgumentError('bad-cache-size', `maxBytes must be a whole number of at least 1, got ${maxBytes}`);
  }
  const latents = new LRUCache<string, Float32Array>({
    maxSize: maxBytes,
    sizeCalculation: (latent) => latent.byteLength,
  });
  let [hits, misses] = [0, 0];
  return {
    get(key) {
      const latent = latents.get(key);
      if (latent) hits += 1;
      else misses += 1;
      return latent;
    },
    set(key, latent) {
      latents.set(key, latent);
      return latent;
    },
    stats: () => ({ hits, misses, entries: latents.size, bytes: latents.calculatedSize }),
  };
};
