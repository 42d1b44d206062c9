import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import { type Asking, readTensor } from '../returns/asking.ts';
import { type Element, type Place, placesOf, valueAt } from './elements.ts';

/**
 * Where the classes of an element's images are: the place of its labels, a tensor or plain numbers, with the class of
 * each image or one row of class shares for each; or a function that tells the class of each image.
 */
export type LabelSource = Place | ((element: Element) => ArrayLike<number>);

/** Labels before they are understood: numbers, and the shape that they came in. */
type Given = { readonly values: ArrayLike<number>; readonly shape: readonly number[] };

/**
 * The class of each image of an element: of a row of shares, the largest.
 *
 * @throws ArgumentError `no-labels` where there are none; `bad-labels` unless there is one class, or one row of shares,
 * for each image; `bad-label` for something that is no class.
 */
export function* readLabels(element: Element, source: LabelSource, count: number): Asking<number[]> {
  const { values, shape } = yield* givenLabels(element, source);
  const labels = classesOf(values, shape, count);
  const odd = labels.find((label) => !Number.isInteger(label) || label < 0);
  if (odd === undefined) return labels;
  throw new ArgumentError('bad-label', `a class must be a whole number of at least 0, got ${odd}`);
}

function* givenLabels(element: Element, source: LabelSource): Asking<Given> {
  if (typeof source === 'function') return plainLabels(source(element), 'what the function of labels told');
  const found = valueAt(element, source);
  if (found instanceof tf.Tensor) return { values: yield* readTensor(found), shape: found.shape };
  if (found !== undefined) return plainLabels(found, `what lies at "${source}" of the element`);
  throw noLabels(element, source);
}

const plainLabels = (given: unknown, what: string): Given => {
  if (typeof given === 'number') return { values: [given], shape: [1] };
  if (Array.isArray(given) || ArrayBuffer.isView(given)) {
    const values = Array.from(given as unknown as ArrayLike<number>);
    if (values.every((value) => typeof value === 'number')) return { values, shape: [values.length] };
  }
  throw new ArgumentError('no-labels', `${what} is no tensor, number or list of numbers; give the class of each image`);
};

/** The tensor of labels at a place. @throws ArgumentError `no-labels` */
export const labelTensor = (element: Element, place: Place): tf.Tensor => {
  const labels = valueAt(element, place);
  if (labels instanceof tf.Tensor) return labels;
  throw noLabels(element, place);
};

const noLabels = (element: Element, place: Place): ArgumentError => {
  const places = placesOf(element).join(', ') || 'none';
  const rule = `no labels at "${place}" of the element, but tensors at: ${places}`;
  return new ArgumentError('no-labels', `${rule}; name their place with { labels }`);
};

/** One class for each image, or the largest of each row of shares. */
const classesOf = (values: ArrayLike<number>, shape: readonly number[], count: number): number[] => {
  const broken = Array.from(values).find((value) => !Number.isFinite(value));
  if (broken !== undefined) throw new ArgumentError('bad-label', `labels must be finite, got ${broken}`);
  const [rank, classes] = [shape.length, shape.at(-1) ?? 1];
  const isOneEach = rank === 0 || shape[0] === count;
  if (values.length === count && isOneEach) return Array.from(values);
  const isRows = classes > 1 && values.length === count * classes && (rank === 2 ? isOneEach : rank === 1);
  if (isRows) {
    const rows = Array.from({ length: count }, (_, n) => Array.from(values).slice(n * classes, (n + 1) * classes));
    return rows.map((row) => row.indexOf(Math.max(...row)));
  }
  const rule = `labels must be one class, or one row of class shares, for each of ${count} images`;
  throw new ArgumentError('bad-labels', `${rule}; got shape [${shape}]`);
};

/**
 * Labels that trust a variant the less the further it was thrown: `1 - s^gamma` on the label, the rest even.
 *
 * @param labels class shares, `[classes]` or `[N, classes]`; left alone.
 * @param strengths of the variants, in [0, 1], one for each image; 0 where an image was not changed.
 * @returns new shares, float32, owned by the caller.
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
