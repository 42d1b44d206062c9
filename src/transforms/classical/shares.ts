import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { type Element, type Place, putAt } from '../elements.ts';
import { labelTensor } from '../labels.ts';

/** Labels that can be mixed, and how to put others in their place. */
export type FoundShares = {
  /** Class shares or one-hot, `[N, classes]`. */
  readonly labels: tf.Tensor;
  /** A copy of an element with other labels in it; everything else is the same object as before. */
  replace(element: Element, labels: tf.Tensor): Element;
};

/**
 * Finds the labels of a batch of `count` images.
 *
 * @throws ArgumentError `no-labels`; `bad-labels` unless there is a row of class shares for each image.
 */
export const findShares = (
  element: Element,
  key: Place = Array.isArray(element) ? 1 : 'ys',
  count: number,
): FoundShares => {
  const labels = labelTensor(element, key);
  if (labels.rank < 2 || labels.shape[0] !== count || !['float32', 'int32'].includes(labels.dtype)) {
    const rule = `mixup and cutmix need one row of class shares for each of ${count} images`;
    throw new ArgumentError(
      'bad-labels',
      `${rule}, got ${labels.dtype} of shape [${labels.shape}]; make them with tf.oneHot`,
    );
  }
  return { labels, replace: (other, mixed) => putAt(other, key, mixed) };
};
