import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { ImageSet } from '../node/data/imageSet.ts';
import { isLabelled, type LabelledImages } from '../node/data/labelledImages.ts';
import { type OpenImagesOptions, openImages } from '../node/data/openImages.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { startProgress } from './progress.ts';
import type { TerminalStream } from './streams.ts';
import { findClassifier, placeClassifier, rightPlaces } from './tuneClassifier.ts';
import { holdOut } from './tuneData.ts';

/** A classifier, and the places of the images that it gets right. */
export type Judge = {
  readonly place: string;
  readonly classify: (images: tf.Tensor4D) => tf.Tensor;
  readonly right: readonly number[];
  dispose(): void;
};

type Asked = {
  readonly images: ImageSet;
  readonly fitted: Pick<OpenImagesOptions, 'size' | 'channels' | 'fit' | 'folders'>;
  readonly options: EvaluateOptions;
  readonly stderr: TerminalStream;
};

/**
 * Finds a classifier that tells whether labels are kept: the one that was named, or one trained, once, on the training
 * part of the data, as `boomerang tune` does. Undefined where there are no labels, or nothing to learn them from.
 *
 * @throws ArgumentError, CheckpointError, EnvironmentError as `openClassifier`.
 */
export const judgeFor = async (
  place: string,
  { images, fitted, options, stderr }: Asked,
): Promise<Judge | undefined> => {
  const { classifier: given } = options;
  if (given === false || !isLabelled(images)) return undefined;
  const data = given === undefined ? await trainingPart(place, images, fitted) : images;
  if (data === undefined) {
    stderr.write('labels are not measured: no training part with the same classes; name a --classifier\n');
    return undefined;
  }
  const { training } = holdOut(data.count);
  const progress = startProgress(stderr, 'classifier ');
  const at = await placeClassifier(given, data, training);
  const found = await findClassifier(at, { data, training, onProgress: progress.update }).finally(progress.stop);
  const right = await rightPlaces(
    found,
    images,
    images.labels.map((_, n) => n),
  );
  return { place: at.path, classify: found.classify, right, dispose: found.dispose };
};

const trainingPart = async (
  place: string,
  images: ImageSet,
  fitted: Asked['fitted'],
): Promise<LabelledImages | undefined> => {
  const found = await openImages(place, fitted).catch((error: unknown) => {
    if (error instanceof ArgumentError && ['no-such-dataset', 'not-a-dataset', 'no-such-part'].includes(error.code))
      return undefined;
    throw error;
  });
  if (found === undefined || !isLabelled(found) || found.digest === images.digest) return undefined;
  return String(found.classes) === String(images.classes) ? found : undefined;
};
