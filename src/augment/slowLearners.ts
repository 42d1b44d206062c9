import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError, isCount } from '../errors.ts';
import { imageRange } from '../tensors/range.ts';
import { type Classifier, classify } from './classifier.ts';
import { findImages } from './elements.ts';
import { type EpochCallback, epochCallback } from './epochCallback.ts';
import { type ImageKey, readImages } from './images.ts';
import { labelTensor } from './labels.ts';

export type SlowLearnersOptions = {
  /** The share of the images that counts as learned slowly. @defaultValue 0.35 */
  readonly share?: number;
  /** Epochs at the start in which losses are recorded and nothing is selected. @defaultValue 3 */
  readonly epochs?: number;
};

/** For `select`: the images whose loss stayed high in the first epochs. */
export type SlowLearners = {
  selects(key: ImageKey): boolean;
  /** Adds a loss of an image. */
  record(key: ImageKey, loss: number): void;
  /** Ends the recording: from now on the images with the highest mean loss are selected. */
  settle(): void;
  /**
   * For `fitDataset`: after each of the first epochs, the classifier's loss on every image of `dataset` is recorded.
   *
   * @param dataset the unchanged images, batched, `{ xs, ys }` with one-hot `ys`; they are known by their pixels.
   */
  callback(classifier: Classifier, dataset: Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>): EpochCallback;
  /** The names of the selected images, for a checkpoint; undefined while losses are recorded. */
  selected(): readonly ImageKey[] | undefined;
  restore(selected: readonly ImageKey[]): void;
};

/**
 * Selects the images that are learned slowly, the ones that augmentation serves best.
 *
 * @throws ArgumentError `bad-select`.
 * @see Nguyen et al. 2025, TADA, which augments the slow 30 to 40 %.
 */
export const slowLearners = ({ share = 0.35, epochs = 3 }: SlowLearnersOptions = {}): SlowLearners => {
  if (!(share > 0 && share <= 1)) throw bad(`share must be above 0 and at most 1, got ${share}`);
  if (!isCount(epochs)) throw bad(`epochs must be a whole number of at least 1, got ${epochs}`);
  const losses = new Map<ImageKey, { sum: number; count: number }>();
  let slow: Set<ImageKey> | undefined;
  const record = (key: ImageKey, loss: number): void => {
    const { sum, count } = losses.get(key) ?? { sum: 0, count: 0 };
    losses.set(key, { sum: sum + loss, count: count + 1 });
  };
  const settle = (): void => {
    const means = [...losses].map(([key, { sum, count }]) => ({ key, mean: sum / count }));
    means.sort((a, b) => b.mean - a.mean || (String(a.key) < String(b.key) ? -1 : 1));
    slow = new Set(means.slice(0, Math.round(share * means.length)).map(({ key }) => key));
  };
  return {
    selects: (key) => slow?.has(key) ?? false,
    record,
    settle,
    callback: (classifier, dataset) =>
      epochCallback({
        end: async (epoch) => {
          if (epoch >= epochs) return;
          await dataset.forEachAsync((element) => recordLosses(classifier, element, record));
          if (epoch === epochs - 1) settle();
        },
      }),
    selected: () => slow && [...slow],
    restore(selected) {
      slow = new Set(selected);
    },
  };
};

type RecordLoss = (key: ImageKey, loss: number) => void;

const recordLosses = (classifier: Classifier, element: tf.TensorContainer, record: RecordLoss): void => {
  const images = findImages(element, 'xs').images as tf.Tensor4D;
  const range = imageRange(images.dtype);
  const named = readImages(images.dataSync(), { count: images.shape[0], range });
  const losses = tf.tidy(() => {
    const probabilities = tf.clipByValue(classify(classifier, images), 1e-7, 1);
    return tf.neg(tf.sum(tf.mul(labelTensor(element, 'ys'), tf.log(probabilities)), -1)).dataSync();
  });
  for (const [n, { key }] of named.entries()) record(key, losses[n] as number);
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-select', `slowLearners: ${rule}`);
