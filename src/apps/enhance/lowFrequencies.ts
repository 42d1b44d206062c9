import type { Model } from '../../models/model.ts';
import type { Degradation } from './degrade/degradation.ts';
import { bicubic } from './degrade/scalings.ts';

/**
 * What of latents is about known where only small images were seen: what a cubic filter leaves of them at the size of what
 * was seen. Held to that, a latent model need not decode on the way, and comes nearer to the truth than held to pixels; see
 * benchmarks/README.md, "enhanceLatents".
 *
 * @returns undefined where that is all that latents are, or where it does not come out even; and for a model of pixels.
 */
export const lowFrequencies = (model: Model, { imageShape, seenShape }: Degradation): Degradation | undefined => {
  const { latentShape, isLatent } = model;
  const scale = (imageShape[0] / seenShape[0]) * (latentShape[0] / model.imageShape[0]);
  if (!isLatent || !Number.isInteger(scale) || scale < 2) return undefined;
  return latentShape[0] % scale === 0 && latentShape[1] % scale === 0 ? bicubic(scale).of(latentShape) : undefined;
};
