import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import { modelLabels } from '../tuning/heldOut.ts';

/** The classes of the data, and how the transform is told of them. */
export type Labelling = {
  /** By which number the transform is told of each class. */
  readonly told: readonly number[];
  /**
   * Where a function must tell it, since the model numbers classes in another way than the data; or since there is only
   * one, whose rows of shares would be taken for numbers of classes.
   */
  readonly isRenumbered: boolean;
};

/**
 * How classes are told: a model that images return to by their class is told by its own numbers, and these are those of
 * the data where the names agree.
 *
 * @throws ArgumentError `bad-label` for a class that the model does not know.
 */
export const labelling = (classes: readonly string[], model: Model, conditional: boolean): Labelling => {
  const told = conditional ? modelLabels({ classes }, model) : classes.map((_, label) => label);
  return { told, isRenumbered: told.length === 1 || told.some((label, n) => label !== n) };
};

/** Where an element of a run keeps the numbers that its classes are told by. */
export const TOLD = 'told';

/** For `labels` of the transform. */
export const labelsOption = ({ isRenumbered }: Labelling): NonNullable<AugmentOptions['labels']> =>
  isRenumbered ? (element) => (element as unknown as { readonly [TOLD]: readonly number[] })[TOLD] : 'ys';

/** A classifier of the data's classes, as one of the numbers that the transform is told: its columns change places. */
export const renumbered =
  (classify: (images: tf.Tensor4D) => tf.Tensor, { told }: Labelling) =>
  (images: tf.Tensor4D): tf.Tensor =>
    tf.tidy(() => {
      const shares = classify(images) as tf.Tensor2D;
      const absent = tf.zeros([shares.shape[0], 1]); // classes that the data has not got
      const columns = Array.from({ length: Math.max(...told) + 1 }, (_, label) => {
        const own = told.indexOf(label);
        return own < 0 ? told.length : own;
      });
      return tf.gather(tf.concat([shares, absent], 1), tf.tensor1d(columns, 'int32'), 1);
    });

/** @throws ArgumentError `bad-soft-labels` where the transform could not find the labels that it is to soften. */
export const checkSoftLabels = ({ told, isRenumbered }: Labelling): void => {
  if (told.length === 1) {
    throw new ArgumentError(
      'bad-soft-labels',
      'soft labels need two classes at least, and there is one; leave them out',
    );
  }
  if (!isRenumbered) return;
  const rule = 'soft labels are of the classes of the data, and the model numbers them in another way';
  throw new ArgumentError('bad-soft-labels', `${rule}; leave out --conditional or --soft-labels`);
};
