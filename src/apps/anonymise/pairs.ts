import type * as tf from '@tensorflow/tfjs-core';
import { stackPictures } from './pictures.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';

/** Pictures of one size side by side with their copies, for as long as some work with them lasts. */
export const sideBySide = async <T>(
  originals: readonly Picture[],
  copies: readonly Picture[],
  work: (originals: tf.Tensor4D, copies: tf.Tensor4D) => Promise<T>,
): Promise<T> => {
  const before = stackPictures(originals);
  const after = stackPictures(copies);
  try {
    return await work(before, after);
  } finally {
    before.dispose();
    after.dispose();
  }
};

/** What tells the classes of images, and what they are, as far as that is known. */
export const classesAt = ({ classifier, originals: { labels } }: Run, places: readonly number[]) =>
  classifier === undefined
    ? {}
    : { classify: classifier, ...(labels ? { labels: places.map((place) => labels[place] as number) } : {}) };
