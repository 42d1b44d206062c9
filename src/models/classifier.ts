import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';

/**
 * Something that turns images into probabilities of classes: a layers model, or a function of your own, which may
 * promise its answer where there is time to wait for it.
 */
export type Classifier =
  | ((images: tf.Tensor4D) => tf.Tensor | PromiseLike<tf.Tensor>)
  | { predict(images: tf.Tensor4D): tf.Tensor | tf.Tensor[] };

/** Asks a classifier. @returns probabilities `[N, classes]`, a new tensor that the caller owns; or a promise of one. */
export const askClassifier = (classifier: Classifier, images: tf.Tensor4D): tf.Tensor | PromiseLike<tf.Tensor> => {
  const promises: PromiseLike<tf.Tensor>[] = [];
  const answer: tf.Tensor[] = tf.tidy(() => {
    const output = typeof classifier === 'function' ? classifier(images) : classifier.predict(images);
    const first = Array.isArray(output) ? output[0] : output;
    if (first instanceof tf.Tensor) return [tf.clone(first)];
    if (typeof first?.then === 'function') promises.push(first);
    return [];
  });
  const found = answer[0] ?? promises[0];
  if (found !== undefined) return found;
  throw new ArgumentError('bad-classifier', 'a classifier must give a tensor [N, classes], or promise one');
};

/**
 * As {@link askClassifier}, where nobody can wait.
 *
 * @throws ArgumentError `bad-classifier` for one that promises.
 */
export const classify = (classifier: Classifier, images: tf.Tensor4D): tf.Tensor2D => {
  const answer = askClassifier(classifier, images);
  if (answer instanceof tf.Tensor) return answer as tf.Tensor2D;
  Promise.resolve(answer).then(
    (late) => late.dispose(),
    () => {},
  ); // for nobody
  throw new ArgumentError('bad-classifier', 'the classifier promised an answer where it must give one at once');
};
