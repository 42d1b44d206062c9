import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageSet } from 'tfjs-boomerang';
import { imagesAt, labelsAt } from './batches.ts';

const AT_ONCE = 250;

/** The share of images that a classifier puts into their class. */
export const measureAccuracy = (classifier: LayersModel, images: ImageSet, places: readonly number[]): number => {
  const right = inParts(places, (some) =>
    tf.tidy(() => {
      const guesses = tf.argMax(classifier.predictOnBatch(imagesAt(images, some)) as tf.Tensor, -1);
      return tf.equal(guesses, tf.argMax(labelsAt(images, some), -1)).dataSync();
    }),
  );
  return right.reduce((sum, one) => sum + one, 0) / places.length;
};

/** The cross-entropy of each image. */
export const measureLosses = (classifier: LayersModel, images: ImageSet, places: readonly number[]): number[] =>
  inParts(places, (some) =>
    tf.tidy(() => {
      const probabilities = tf.clipByValue(classifier.predictOnBatch(imagesAt(images, some)) as tf.Tensor, 1e-7, 1);
      return tf.neg(tf.sum(tf.mul(labelsAt(images, some), tf.log(probabilities)), -1)).dataSync();
    }),
  );

const inParts = (places: readonly number[], measure: (some: readonly number[]) => ArrayLike<number>): number[] => {
  const values: number[] = [];
  for (let start = 0; start < places.length; start += AT_ONCE) {
    values.push(...Array.from(measure(places.slice(start, start + AT_ONCE))));
  }
  return values;
};
