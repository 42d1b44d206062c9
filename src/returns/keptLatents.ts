/** Where noisy latents and encoded images are kept; see `LatentCache`. */
export type KeptLatents = {
  get(name: string): Float32Array | undefined;
  /** @returns what `get` hands out for it, rounded if the cache rounds. */
  set(name: string, latent: Float32Array): Float32Array;
};

/** Keeps encoded images for as long as somebody holds it; they are smaller than the images that they are of. */
export const keepEncodings = (): KeptLatents => {
  const kept = new Map<string, Float32Array>();
  return {
    get: (name) => kept.get(name),
    set(name, latent) {
      kept.set(name, latent);
      return latent;
    },
  };
};
