import { float16ToFloat32, float32ToFloat16 } from '../checkpoints/halfFloat.ts';
import type { KeptLatents } from './keptLatents.ts';

/** In what numbers latents are kept, and so used. */
export type LatentPrecision = 'float32' | 'float16';

/**
 * A latent as it comes out of a cache of float16: rounded to 11 significant bits; or as it was, where float16, which
 * ends at 65504, cannot hold it, and so such a cache does not keep it.
 */
export const roundedToFloat16 = (latent: Float32Array): Float32Array => {
  const rounded = float16ToFloat32(float32ToFloat16(latent));
  return rounded.some((value, i) => !Number.isFinite(value) && Number.isFinite(latent[i])) ? latent : rounded;
};

/** Keeps nothing, and rounds as a cache of that precision does. */
export const roundingAlone = (precision: LatentPrecision): KeptLatents => ({
  get: () => undefined,
  set: (_, latent) => (precision === 'float16' ? roundedToFloat16(latent) : latent),
});
