import type { Model } from '../../models/model.ts';
import type { TrainingData } from '../../train/trainingData.ts';

/**
 * The errors of the best linear guess from the noisy pixel itself: pixels of variance s² leave a s² / (a s² + 1 - a) of
 * the noise unknown, a being the share of the signal.
 */
export const trivialErrors = (
  { scheduler }: Model,
  data: TrainingData,
  { places, timesteps }: { readonly places: readonly number[]; readonly timesteps: readonly number[] },
): number[] => {
  let [sum, squares, count] = [0, 0, 0];
  for (const place of places) {
    for (const value of data.pixels(place)) {
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
