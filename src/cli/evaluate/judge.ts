import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { openClassifier } from '../../node/classifierFile.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { isLabelled, type LabelledImages } from '../../node/data/labelledImages.ts';
import { type OpenImagesOptions, openImages } from '../../node/data/openImages.ts';
import {
  type ClassifierPlace,
  findClassifier,
  needsTraining,
  placeClassifier,
  rightPlaces,
} from '../../node/tuning/classifier.ts';
import { holdOut } from '../../node/tuning/heldOut.ts';
import { watch } from '../progress.ts';
import type { TerminalStream } from '../streams.ts';

/** A classifier that can be had, and the images that it is to judge. */
export type Candidate = {
  readonly place: ClassifierPlace;
  readonly images: LabelledImages;
  /** What it learns from, if it is not there yet. */
  readonly data: LabelledImages;
  readonly training: readonly number[];
};

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
  /** The classifier that was named, if one was; false for none at all. */
  readonly given: string | false | undefined;
  readonly stderr: TerminalStream;
};

/**
 * Finds what can tell whether labels are kept: the classifier that was named, or one that can be trained, once, on the
 * training part of the data, as `boomerang tune` does. Undefined where there are no labels, or nothing to learn from.
 *
 * @throws ArgumentError, CheckpointError, EnvironmentError as `openClassifier`.
 */
export const findCandidate = async (
  place: string,
  { images, fitted, given, stderr }: Asked,
): Promise<Candidate | undefined> => {
  if (given === false || !isLabelled(images)) return undefined;
  const data = given === undefined ? await trainingPart(place, images, fitted) : images;
  if (data === undefined) {
    stderr.write('labels are not measured: no training part with the same classes; name a --classifier\n');
    return undefined;
  }
  if (given !== undefined) {
    const opened = await openClassifier(given, images.imageShape, images.classes.length);
    opened.dispose(); // refused before anything is measured
  }
  const { training } = holdOut(data.count);
  return { place: await placeClassifier(given, data, training), images, data, training };
};

type Work = { readonly signal: AbortSignal; readonly stderr: TerminalStream };

/** Trains the classifier, if it must be, and lets it judge the images as they are. */
export const judgeWith = async (
  { place, images, data, training }: Candidate,
  { signal, stderr }: Work,
): Promise<Judge> => {
  const find = (onProgress: (share: number) => void) => findClassifier(place, { data, training, signal, onProgress });
  const found = await (needsTraining(place) ? watch(stderr, 'classifier', find) : find(() => undefined));
  try {
    const right = await rightPlaces(found, { data: images, places: allPlaces(images), signal });
    return { place: place.path, classify: found.classify, right, dispose: found.dispose };
  } catch (error) {
    found.dispose();
    throw error;
  }
};

/** The places of all images. */
export const allPlaces = ({ count }: ImageSet): readonly number[] => Array.from({ length: count }, (_, place) => place);

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
