import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, NumericError } from '../../errors.ts';
import { askClassifier, type Classifier } from '../../models/classifier.ts';

/**
 * Of each image whether its copy is still taken for its class by a classifier.
 *
 * @param pair a batch of originals and their copies, which stay the caller's.
 * @param labels the class of each image: what the classifier takes for another one already in the original is NaN, not
 *   measured. Without, its answer for the original is what is to be kept.
 * @throws ArgumentError `bad-classifier`; NumericError `not-finite`.
 */
export const keptLabels = async (
  { originals, copies }: { readonly originals: tf.Tensor4D; readonly copies: tf.Tensor4D },
  classify: Classifier,
  labels?: readonly number[],
): Promise<readonly number[]> => {
  const before = await classesOf(originals, classify);
  const after = await classesOf(copies, classify);
  return before.map((label, n) =>
    labels !== undefined && labels[n] !== label ? Number.NaN : Number(after[n] === label),
  );
};

const classesOf = async (images: tf.Tensor4D, classify: Classifier): Promise<readonly number[]> => {
  const answer = await askClassifier(classify, images);
  try {
    const [count, classes] = answer.shape;
    if (answer.rank !== 2 || count !== images.shape[0]) {
      const rule = 'a classifier must give probabilities [N, classes]';
      throw new ArgumentError('bad-classifier', `${rule}; for ${images.shape[0]} images it gave [${answer.shape}]`);
    }
    const values = await answer.data();
    return Array.from({ length: count }, (_, n) => best(values.subarray(n * (classes ?? 0), (n + 1) * (classes ?? 0))));
  } finally {
    tf.dispose(answer);
  }
};

const best = (values: ArrayLike<number>): number => {
  let place = 0;
  for (let n = 0; n < values.length; n += 1) {
    if (!Number.isFinite(values[n])) {
      throw new NumericError('not-finite', 'the classifier answered with numbers that are not finite; train it anew');
    }
    if ((values[n] as number) > (values[place] as number)) place = n;
  }
  return place;
};
