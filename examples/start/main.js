// #region first
import * as tf from '@tensorflow/tfjs-core';
import { boomerang, chooseBackend, loadModel, writePng } from 'tfjs-boomerang';

await chooseBackend(); // the best that is installed
const model = await loadModel('boomerang:fashion-28'); // clothing, 28 x 28, comes with the package
const noise = tf.randomUniform([8, ...model.imageShape], 0, 1, 'float32', 1);
const images = await boomerang(model, noise, { strength: 1, seed: 'draw' }); // or 8 of yours
const variants = await boomerang(model, images, { strength: 0.3, seed: 'run-7' });
await writePng('variants.png', await tf.concat([images, variants], 2).data(), [8 * 28, 2 * 28, 1]);
// #endregion
