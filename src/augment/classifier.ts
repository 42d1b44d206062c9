import * as tf from '@tensorflow/tfjs-core';

/** Something that turns images into probabilities of classes: a layers model, or a function of your own. */
export type Classifier =
  | ((images: tf.Tensor4D) => tf.Tensor)
  | { predict(images: tf.Tensor4D): tf.Tensor | tf.Tensor[] };

/** Probabilities `[N, classes]` of images, a new tensor that the caller owns. */
export const classify = (classifier: Classifier, images: tf.Tensor4D): tf.Tensor2D =>
  tf.tidy(() => {
    const output = typeof classifier === 'function' ? classifier(images) : classifier.predict(images);
    return tf.clone(Array.isArray(output) ? (output[0] as tf.Tensor) : output) as tf.Tensor2D;
  });
