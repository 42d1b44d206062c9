import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { between, count, rule } from '../../checks.ts';
import { ArgumentError, NumericError } from '../../errors.ts';
import type { Classifier } from '../../models/classifier.ts';
import { type Asking, takeTensor } from '../../returns/asking.ts';
import { classified } from '../../returns/classified.ts';
import { brokenRows } from '../../tensors/finite.ts';

/** Keeps a variant only if a classifier still sees its class: with at least some probability, or among the first k. */
export type Keep = { readonly classifier: Classifier } & (
  | { readonly minProbability: number; readonly topK?: undefined }
  | { readonly topK: number; readonly minProbability?: undefined }
);

export const keepRule = v.strictObject({
  classifier: rule<Classifier>(
    (value) => typeof value === 'function' || (typeof value === 'object' && value !== null && 'predict' in value),
    'a model with predict, or a function of images',
  ),
  minProbability: v.optional(between(0, 1)),
  topK: v.optional(count()),
});

/** Keeps a variant only at some distance from its image: root mean square, in [0, 1] units. */
export type DistanceBounds = {
  /** @defaultValue 0 */
  readonly min?: number | undefined;
  /** @defaultValue without bounds */
  readonly max?: number | undefined;
};

export const distanceRule = v.strictObject({
  min: v.optional(between(0, 1)),
  max: v.optional(rule<number>((value) => typeof value === 'number' && value >= 0, 'a number of at least 0')),
});

/** What one option alone does not show. @throws ArgumentError `bad-keep`, `bad-distance` */
export const checkFilters = (keep: Keep | undefined, { min = 0, max = 1 }: DistanceBounds = {}): void => {
  if (min > max) {
    throw new ArgumentError('bad-distance', `distance needs 0 <= min <= max, in [0, 1] units; got ${min} and ${max}`);
  }
  if (keep === undefined || (keep.minProbability === undefined) !== (keep.topK === undefined)) return;
  const got = JSON.stringify({ minProbability: keep.minProbability, topK: keep.topK });
  const rule = 'keep needs one of minProbability, between 0 and 1, and topK, at least 1';
  throw new ArgumentError('bad-keep', `${rule}; got ${got}`);
};

/** Root mean square distance of two images in [-1, 1], in [0, 1] units. */
export const distanceBetween = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum / a.length) / 2;
};

/** Which images a classifier still puts into their class. */
export function* survives(keep: Keep, images: tf.Tensor4D, labels: readonly number[]): Asking<boolean[]> {
  const probabilities = yield* classified(keep.classifier, images);
  const classes = probabilities.shape.at(-1) ?? 1;
  const values = yield* takeTensor(probabilities);
  checkAnswer(values, labels.length, classes);
  return labels.map((label, n) => {
    const row = values.subarray(n * classes, (n + 1) * classes);
    const own = row[label];
    if (own === undefined) {
      throw new ArgumentError(
        'bad-label',
        `the classifier of keep knows classes 0 to ${classes - 1}, got an image of ${label}`,
      );
    }
    if (keep.topK === undefined) return own >= keep.minProbability;
    return row.reduce((better, other) => better + (other > own ? 1 : 0), 0) < keep.topK;
  });
}

const checkAnswer = (values: Float32Array, count: number, classes: number): void => {
  if (values.length !== count * classes) {
    const rule = `a classifier must give [${count}, classes] for ${count} images`;
    throw new ArgumentError('bad-classifier', `${rule}; it gave ${values.length} numbers in rows of ${classes}`);
  }
  if (brokenRows(values, count).length === 0) return;
  throw new NumericError(
    'not-finite',
    'the classifier of keep answered with numbers that are not finite; train it anew',
  );
};
