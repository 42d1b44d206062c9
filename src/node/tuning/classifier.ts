import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { takeValues } from '../../calibrate/variants.ts';
import { digestOf } from '../../checkpoints/digest.ts';
import { CheckpointError } from '../../errors.ts';
import { registerWasmTrainingKernels } from '../../train/wasmKernels.ts';
import { userCacheFolder } from '../cacheFolder.ts';
import { type OpenClassifier, openClassifier, writeClassifier } from '../classifierFile.ts';
import type { LabelledImages } from '../data/labelledImages.ts';
import { pixelsAt } from '../data/pixels.ts';
import { trainClassifier, trainsConvolutions } from '../trainClassifier.ts';
import { breathe } from './breathe.ts';

export type ClassifierPlace = {
  /** A `model.json`: the one that was named, or the place of a trained one in the user's cache folder. */
  readonly path: string;
  readonly isGiven: boolean;
};

/** Where the classifier is, or will be once it is trained: named by the images it learns from. */
export const placeClassifier = async (
  given: string | undefined,
  data: LabelledImages,
  training: readonly number[],
): Promise<ClassifierPlace> => {
  if (given !== undefined) return { path: given, isGiven: true };
  // They make training faster; and the rest must be computed alike whether the classifier is trained now or was before.
  if (tf.getBackend() === 'wasm') registerWasmTrainingKernels();
  const facts = JSON.stringify(['v2', data.digest, training, trainsConvolutions()]);
  const name = await digestOf([new TextEncoder().encode(facts)]);
  return { path: userCacheFolder('classifiers', name, 'model.json'), isGiven: false };
};

export const needsTraining = ({ path, isGiven }: ClassifierPlace): boolean => !isGiven && !existsSync(path);

export type ClassifierWork = {
  readonly data: LabelledImages;
  readonly training: readonly number[];
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
};

/**
 * Opens a classifier; one that is not there yet, or is damaged, is trained and kept, if it is ours.
 *
 * @throws ArgumentError, CheckpointError, EnvironmentError as `openClassifier` and `trainClassifier`.
 */
export const findClassifier = async (
  place: ClassifierPlace,
  { data, training, onProgress, signal }: ClassifierWork,
): Promise<OpenClassifier> => {
  const open = (): Promise<OpenClassifier> => openClassifier(place.path, data.imageShape, data.classes.length);
  if (place.isGiven) return open();
  if (!needsTraining(place)) {
    const kept = await open().catch((error: unknown) => {
      if (error instanceof CheckpointError) return undefined;
      throw error;
    });
    if (kept) return kept;
  }
  const tell = (share: number): Promise<void> => {
    onProgress(share);
    return breathe(signal);
  };
  const trained = await trainClassifier(data, { places: training, onProgress: tell });
  try {
    await writeClassifier(trained, place.path.replace(/model\.json$/, ''));
  } finally {
    trained.dispose();
  }
  return open();
};

export type JudgedImages = {
  readonly data: LabelledImages;
  readonly places: readonly number[];
  readonly signal: AbortSignal;
};

/** Images that are classified at once. */
export const CLASSIFIED_AT_ONCE = 250;

/** The places of images that a classifier gets right. */
export const rightPlaces = async (
  { classify }: Pick<OpenClassifier, 'classify'>,
  { data, places, signal }: JudgedImages,
): Promise<readonly number[]> => {
  const right: number[] = [];
  for (let start = 0; start < places.length; start += CLASSIFIED_AT_ONCE) {
    await breathe(signal);
    const some = places.slice(start, start + CLASSIFIED_AT_ONCE);
    const guesses = tf.tidy(() => {
      const images = tf.tensor4d(pixelsAt(data, some), [some.length, ...data.imageShape]);
      return tf.argMax(classify(images), -1);
    });
    const values = await takeValues(guesses);
    right.push(...some.filter((place, n) => values[n] === data.labels[place]));
  }
  return right;
};
