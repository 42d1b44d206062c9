import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import { ArgumentError, isCount } from '../errors.ts';
import type { AugmentOptions } from './augmentOptions.ts';
import { type Augment, boomerangAugment } from './boomerangAugment.ts';
import { cloneElement, tensorsIn } from './elements.ts';

/** A data set whose images return from the noise, and what is known of them. */
export type AugmentedDataset<T extends tf.TensorContainer> = Dataset<T> & Pick<Augment, 'stats' | 'endEpoch' | 'state'>;

export type AugmentDatasetOptions = Omit<AugmentOptions, 'mode'> & {
  /** As for `boomerangAugment`; `append`: every element is followed by `copies` copies with variants in them. */
  readonly mode?: AugmentOptions['mode'] | 'append';
  /** Copies that `append` makes of each element. @defaultValue 1 */
  readonly copies?: number;
};

/**
 * A data set with `boomerangAugment` in it that counts epochs by itself: every pass over it is the next epoch. It
 * keeps the order of the data set that it is made from, and its size (`copies + 1` times that with `append`). Follow
 * it with `.prefetch(n)` to keep n elements under way.
 *
 * @throws ArgumentError `bad-copies`, and what `boomerangAugment` throws.
 */
export const augmentDataset = <T extends tf.TensorContainer>(
  dataset: Dataset<T>,
  { mode, copies = 1, ...rest }: AugmentDatasetOptions,
): AugmentedDataset<T> => {
  if (!isCount(copies))
    throw new ArgumentError('bad-copies', `copies must be a whole number of at least 1, got ${copies}`);
  const appends = mode === 'append';
  const augment = boomerangAugment({ ...rest, ...(appends || mode === undefined ? {} : { mode }) });
  let epochs = rest.state?.epoch ?? 0;
  const augmented = generator<T>(async () => {
    let epoch: number | undefined;
    const pass = (element: T, index = 0): Promise<T> => {
      epoch ??= epochs++; // at the first element: fitDataset opens one iterator that it never reads
      augment.setEpoch(epoch);
      return augment.async(element, { epoch, copy: { index, of: copies } });
    };
    const groups = dataset.mapAsync(async (element) =>
      appends ? withCopies(element, copies, pass) : [await pass(element)],
    );
    const flat = (await groups.iterator()).flatmap((group) => group as T[]);
    return flat as unknown as Iterator<T>; // each result is awaited, though the type does not say so
  });
  const size = appends ? dataset.size * (copies + 1) : dataset.size;
  return Object.assign(augmented, { size, stats: augment.stats, endEpoch: augment.endEpoch, state: augment.state });
};

/** An element, and copies of it that have passed, each with tensors of its own. */
const withCopies = async <T extends tf.TensorContainer>(
  element: T,
  copies: number,
  pass: (element: T, index: number) => Promise<T>,
): Promise<T[]> => {
  const made = Array.from({ length: copies }, async (_, index) => {
    const copy = cloneElement(element);
    const passed = await pass(copy, index);
    const used = new Set(tensorsIn(passed));
    tf.dispose(tensorsIn(copy).filter((tensor) => !used.has(tensor)));
    return passed;
  });
  return [element, ...(await Promise.all(made))];
};
