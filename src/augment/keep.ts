import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, isCount } from '../errors.ts';
import { type Asking, takeTensor } from './asking.ts';
import { type Classifier, classify } from './classifier.ts';

/** Keeps a variant only if a classifier still sees its class: with at least some probability, or among the first k. */
export type Keep = { readonly classifier: Classifier } & (
  | { readonly minProbability: number; readonly topK?: undefined }
  | { readonly topK: number; readonly minProbability?: undefined }
);

/** Keeps a variant only at some distance from its image: root mean square, in [0, 1] units. */
export type DistanceBounds = { readonly min?: number; readonly max?: number };

/** @throws ArgumentError `bad-keep`, `bad-distance` */
export const checkKeep = (keep: Keep | undefined, { min = 0, max = 1 }: DistanceBounds = {}): void => {
  if (!(min >= 0 && min <= max)) {
    throw new ArgumentError('bad-distance', `distance needs 0 <= min <= max, in [0, 1] units; got ${min} and ${max}`);
  }
  if (keep === undefined) return;
  const { minProbability, topK } = keep;
  if (topK !== undefined ? isCount(topK) : minProbability >= 0 && minProbability <= 1) return;
  const got = JSON.stringify({ minProbability, topK });
  throw new ArgumentError(
    'bad-keep',
    `keep needs a minProbability between 0 and 1, or a topK of at least 1; got ${got}`,
  );
};

/** Root mean square distance of two images in [-1, 1], in [0, 1] units. */
export const distanceBetween = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum / a.length) / 2;
};

/** Which images a classifier still puts into their class. */
export function* survives(keep: Keep, images: tf.Tensor4D, labels: readonly number[]): Asking<boolean[]> {
  const probabilities = classify(keep.classifier, images);
  const classes = probabilities.shape.at(-1) ?? 1;
  const values = yield* takeTensor(probabilities);
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
