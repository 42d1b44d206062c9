import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import { type Asking, readTensor } from './asking.ts';
import type { Element } from './elements.ts';

/**
 * Where the classes of an element's images are: the key (or index) of its label tensor, with classes as numbers or one
 * row of class shares for each image; or a function that tells the class of each image.
 */
export type LabelSource = string | number | ((element: Element) => ArrayLike<number>);

/**
 * The class of each image of an element: of a row of shares, the largest.
 *
 * @throws ArgumentError `no-labels`.
 */
export function* readLabels(element: Element, source: LabelSource, count: number): Asking<number[]> {
  const given = typeof source === 'function' ? Array.from(source(element)) : undefined;
  const labels = given ?? classesOf(yield* readTensor(labelTensor(element, source as string)), count);
  if (labels.length === count) return labels;
  throw new ArgumentError('no-labels', `need the class of each of ${count} images, got ${labels.length}`);
}

/** The tensor of labels at a key. @throws ArgumentError `no-labels` */
export const labelTensor = (element: Element, key: string | number): tf.Tensor => {
  const labels = (element as Readonly<Record<string, unknown>> | null)?.[key];
  if (labels instanceof tf.Tensor) return labels;
  throw new ArgumentError(
    'no-labels',
    `no tensor of labels at "${key}" of the element; name its place with { labels }`,
  );
};

const classesOf = (values: ArrayLike<number>, count: number): number[] => {
  const rows = Array.from({ length: count }, (_, n) => {
    const width = values.length / count;
    return Array.from({ length: width }, (__, k) => values[n * width + k] as number);
  });
  return rows.map((row) => (row.length === 1 ? (row[0] as number) : row.indexOf(Math.max(...row))));
};

/**
 * Labels that trust a variant the less the further it was thrown: `1 - s^gamma` on the label, the rest even.
 *
 * @param labels class shares, `[classes]` or `[N, classes]`; left alone.
 * @param strengths of the variants, in [0, 1], one for each image; 0 where an image was not changed.
 * @returns new shares, owned by the caller.
 * @throws ArgumentError `bad-soft-labels` where labels are not shares of at least 2 classes.
 * @see Wang et al. 2024, Diff-Mix, arXiv:2403.19600.
 */
export const softenLabels = (labels: tf.Tensor, strengths: readonly number[], gamma: number): tf.Tensor =>
  tf.tidy(() => {
    const classes = labels.shape.at(-1) ?? 1;
    if (labels.size !== strengths.length * classes || classes < 2) {
      const rule = 'soft labels need one row of class shares (one-hot) for each image';
      throw new ArgumentError('bad-soft-labels', `${rule}, got labels of shape [${labels.shape}]`);
    }
    const doubt = tf.tensor2d(
      strengths.map((strength) => strength ** gamma),
      [strengths.length, 1],
    );
    const rows = tf.reshape(tf.cast(labels, 'float32'), [strengths.length, classes]);
    const soft = tf.add(tf.mul(rows, tf.sub(1, doubt)), tf.div(doubt, classes));
    return tf.reshape(soft, labels.shape);
  });
