import type { Model } from '../../models/model.ts';
import type { WalkedImages } from './walkedImages.ts';

/**
 * The errors of the best linear guess from the noisy number itself, of a pixel or a latent: numbers of variance s² leave
 * a s² / (a s² + 1 - a) of the noise unknown, a being the share of the signal.
 */
export const trivialErrors = (
  { scheduler }: Model,
  images: WalkedImages,
  { places, timesteps }: { readonly places: readonly number[]; readonly timesteps: readonly number[] },
): number[] => {
  let [sum, squares, count] = [0, 0, 0];
  for (const place of places) {
    for (const value of images.values(place)) {
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  const variance = Math.max(0, squares / count - (sum / count) ** 2);
  return timesteps.map((timestep) => {
    const share = scheduler.schedule.alphaBar[timestep] as number;
    return (share * variance) / (share * variance + 1 - share);
  });
};
