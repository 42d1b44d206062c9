/** What the programs of the guides begin with: a model, labelled pictures of clothing, and a classifier of them. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { array } from '@tensorflow/tfjs-data';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { chooseBackend, loadModel, openImages } from 'tfjs-boomerang';

await chooseBackend();
export const model = await loadModel('boomerang:fashion-28');

const set = await openImages(join(import.meta.dirname, '../images')); // five of each of ten classes, in order
export const labels = Array.from({ length: set.count }, (_, place) => Math.floor(place / 5));
/** [50, 28, 28, 1], in [0, 1]. */
export const images = tf.stack(
  labels.map((_, place) =>
    tf.tensor3d(
      set.pixels(place).map((value) => (value + 1) / 2),
      [28, 28, 1],
    ),
  ),
) as tf.Tensor4D;
const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 10), 'float32');

/** `{ xs, ys }` of each picture. */
export const clothes = array(
  labels.map((_, place) => ({ xs: tf.gather(images, place), ys: tf.gather(oneHot, place) })),
);

export const classifier = sequential({
  layers: [
    layers.flatten({ inputShape: [28, 28, 1] }),
    layers.dense({ units: 10, activation: 'softmax', kernelInitializer: 'zeros' }),
  ],
});
classifier.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
await classifier.fit(images, oneHot, { epochs: 20, batchSize: 50, verbose: 0 });
