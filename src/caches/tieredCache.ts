import type { LatentCache } from './cache.ts';

/**
 * A small fast cache in front of a large slow one, such as `tieredCache(memoryCache(), diskCache(folder, options))`.
 * What is found behind is kept in front as well. Disposes both.
 */
export const tieredCache = (front: LatentCache, back: LatentCache): LatentCache => ({
  get(key) {
    const near = front.get(key);
    if (near) return near;
    const far = back.get(key);
    return far && front.set(key, far);
  },
  ...((back.precision ?? front.precision) ? { precision: back.precision ?? front.precision } : {}),
  set: (key, latent) => front.set(key, back.set(key, latent)), // rounded first: both hand out the same
  stats() {
    const [near, far] = [front.stats(), back.stats()];
    return {
      hits: near.hits + far.hits,
      misses: far.misses,
      entries: Math.max(near.entries, far.entries), // what is in front is, as a rule, behind as well
      bytes: near.bytes + far.bytes,
      ...(far.damaged === undefined ? {} : { damaged: far.damaged }),
      ...(far.unkept === undefined ? {} : { unkept: far.unkept }),
    };
  },
  dispose() {
    front.dispose?.();
    back.dispose?.();
  },
});
