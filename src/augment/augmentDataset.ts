import type { TensorContainer } from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import type { AugmentOptions } from './augmentOptions.ts';
import { type Augment, boomerangAugment } from './boomerangAugment.ts';

/** A data set whose images return from the noise, and what is known of them. */
export type AugmentedDataset<T extends TensorContainer> = Dataset<T> & Pick<Augment, 'stats'>;

/**
 * A data set with `boomerangAugment` in it that counts epochs by itself: every pass over it is the next epoch. It
 * keeps the size and the order of the data set that it is made from. Follow it with `.prefetch(n)` to keep n elements
 * under way.
 *
 * @throws what `boomerangAugment` throws.
 */
export const augmentDataset = <T extends TensorContainer>(
  dataset: Dataset<T>,
  options: AugmentOptions,
): AugmentedDataset<T> => {
  const augment = boomerangAugment(options);
  let epochs = 0;
  const augmented = generator<T>(async () => {
    let epoch: number | undefined;
    const pass = (element: T): Promise<T> => {
      epoch ??= epochs++; // at the first element: fitDataset opens one iterator that it never reads
      return augment.async(element, epoch);
    };
    return dataset.mapAsync(pass).iterator() as unknown as Promise<Iterator<T>>; // each result is awaited
  });
  return Object.assign(augmented, { size: dataset.size, stats: augment.stats });
};
