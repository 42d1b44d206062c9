import type * as tf from '@tensorflow/tfjs-core';
import type { OpenClassifier } from '../node/classifierFile.ts';
import type { LabelledImages } from '../node/data/labelledImages.ts';
import { batchesOf, trainClassifier } from '../node/trainClassifier.ts';
import { breathe } from '../node/tuning/breathe.ts';
import {
  CLASSIFIED_AT_ONCE,
  type ClassifierPlace,
  findClassifier,
  type JudgedImages,
  needsTraining,
  rightPlaces,
} from '../node/tuning/classifier.ts';
import { secondsOf } from './cost.ts';

export type JudgeCost = {
  /** The classifier, or one of its kind that has hardly learned yet; owned by the caller. */
  readonly classifier: OpenClassifier;
  /** 0 where the classifier is there already. */
  readonly trainingSeconds: number;
  /** For all images that are to be judged. */
  readonly judgingSeconds: number;
};

export type Judging = {
  readonly data: LabelledImages;
  readonly training: readonly number[];
  readonly judged: Omit<JudgedImages, 'signal'>;
  readonly signal: AbortSignal;
};

/** How long a classifier takes to learn and to judge: some batches of each are tried. */
export const costOfJudging = async (
  place: ClassifierPlace,
  { judged, signal, ...training }: Judging,
): Promise<JudgeCost> => {
  const { classifier, trainingSeconds } = await standIn(place, { ...training, signal });
  try {
    const some = judged.places.slice(0, CLASSIFIED_AT_ONCE);
    const seconds = await secondsOf(() => rightPlaces(classifier, { data: judged.data, places: some, signal }));
    const share = judged.places.length / Math.max(1, some.length);
    return { classifier, trainingSeconds, judgingSeconds: seconds * share };
  } catch (error) {
    classifier.dispose();
    throw error;
  }
};

const BATCHES_TIMED = 8;

const standIn = async (place: ClassifierPlace, { data, training, signal }: Omit<Judging, 'judged'>) => {
  if (!needsTraining(place)) {
    const found = await findClassifier(place, { data, training, signal, onProgress: () => undefined });
    return { classifier: found, trainingSeconds: 0 };
  }
  const batches = batchesOf(training.length);
  const train = (mostBatches: number) =>
    trainClassifier(data, { places: training, mostBatches, onProgress: () => breathe(signal) });
  const seconds = await secondsOf(async () => (await train(BATCHES_TIMED)).dispose());
  const hardly = await train(1);
  const classify = (images: tf.Tensor4D) => hardly.predict(images) as tf.Tensor;
  const classifier: OpenClassifier = { classify, dispose: () => void hardly.dispose() };
  return { classifier, trainingSeconds: (seconds / Math.min(BATCHES_TIMED, batches)) * batches };
};
