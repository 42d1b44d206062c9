import type * as tf from '@tensorflow/tfjs-core';
import { askClassifier, type Classifier } from '../models/classifier.ts';
import { type Asking, awaited } from './asking.ts';

/** Probabilities `[N, classes]` of images, a new tensor that the caller owns. */
export function* classified(classifier: Classifier, images: tf.Tensor4D): Asking<tf.Tensor> {
  return yield* awaited(askClassifier(classifier, images));
}
