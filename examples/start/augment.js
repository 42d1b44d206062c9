// #region augment
import * as tf from '@tensorflow/tfjs-core';
import { array } from '@tensorflow/tfjs-data';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { boomerang, boomerangAugment, chooseBackend, loadModel, ramp } from 'tfjs-boomerang';

await chooseBackend();
const model = await loadModel('boomerang:fashion-28');

// Your images go here, [28, 28, 1] in [0, 1]. The model draws some: at strength 1 nothing is left of what it is given.
const noise = tf.randomUniform([8, ...model.imageShape], 0, 1, 'float32', 1);
const images = await boomerang(model, noise, { strength: 1, seed: 'draw' });
const dataset = array(tf.unstack(images).map((xs, n) => ({ xs, ys: [n % 2] })));

const augment = boomerangAugment({ model, seed: 'run-7', strength: ramp(0.1, 0.4), epochs: 3, probability: 0.5 });

const classifier = sequential({
  layers: [layers.flatten({ inputShape: model.imageShape }), layers.dense({ units: 1 })],
});
classifier.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
await classifier.fitDataset(dataset.map(augment).batch(4), { epochs: 3, callbacks: augment.callback() });
console.log(`${augment.stats().changed} of ${augment.stats().images} images were variants`);
// #endregion
