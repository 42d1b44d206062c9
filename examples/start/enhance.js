// #region enhance
import * as tf from '@tensorflow/tfjs-core';
import { boomerang, chooseBackend, enhance, loadModel, writePng } from 'tfjs-boomerang';

await chooseBackend();
const model = await loadModel('boomerang:fashion-28');
const noise = tf.randomUniform([6, ...model.imageShape], 0, 1, 'float32', 1);
const drawn = await boomerang(model, noise, { strength: 1, seed: 'draw' });
const poor = tf.avgPool(drawn, 4, 4, 'valid'); // or yours: the means of 4 x 4 pixels, [N, 7, 7, 1] in [0, 1]

const { images, errors } = await enhance(model, poor, { factor: 4, degrade: 'mean', seed: 'a' });
console.log(`made small again, they are what was seen within ${Math.max(...errors).toFixed(2)} of 255`);

const plain = tf.image.resizeNearestNeighbor(poor, [28, 28]);
await writePng('enhanced.png', await tf.concat([plain, images, drawn], 2).data(), [6 * 28, 3 * 28, 1]);
// #endregion
