import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../../models/classifier.ts';
import type { ImageKey } from '../../returns/address.ts';
import { type Asking, takeTensor } from '../../returns/asking.ts';
import { classified } from '../../returns/classified.ts';
import { shapeOf } from '../../returns/images.ts';
import { type Element, findImages, type Place, valueAt } from '../elements.ts';
import { readLabels } from '../labels.ts';
import { type Naming, namesOf } from '../naming.ts';

type Recording = {
  readonly naming: Naming;
  readonly labels: Place;
  readonly record: (key: ImageKey, loss: number) => void;
};

/** Records the cross-entropy of every image of an element, and tells how many there were. */
export function* recordLosses(
  classifier: Classifier,
  element: Element,
  { naming, labels, record }: Recording,
): Asking<number> {
  const names = yield* namesOf(naming, element);
  const { images } = findImages(element, naming.image);
  const batch: tf.Tensor4D = tf.reshape(images as tf.Tensor, [names.length, ...shapeOf(images)]);
  try {
    const probabilities = yield* classified(classifier, batch);
    const classes = probabilities.shape.at(-1) ?? 1;
    const values = yield* takeTensor(probabilities);
    const shares = yield* sharesOf(element, labels, { count: names.length, classes });
    for (const [n, name] of names.entries()) {
      const row = shares[n] as readonly number[];
      const terms = row.map((portion, k) => portion * Math.log(Math.max(values[n * classes + k] as number, 1e-7)));
      record(name, -terms.reduce((sum, term) => sum + term, 0));
    }
    return names.length;
  } finally {
    batch.dispose();
  }
}

type Rows = { readonly count: number; readonly classes: number };

/** Labels as one row of class shares for each image. */
function* sharesOf(element: Element, labels: Place, { count: images, classes }: Rows): Asking<number[][]> {
  const given = valueAt(element, labels);
  if (given instanceof tf.Tensor && given.size === images * classes && classes > 1) {
    const values = Array.from(yield* takeTensor(tf.clone(given)));
    return Array.from({ length: images }, (_, n) => values.slice(n * classes, (n + 1) * classes));
  }
  const own = yield* readLabels(element, labels, images);
  return own.map((label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)));
}
