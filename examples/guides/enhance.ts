/** The code of docs/enhance.md. */
import * as tf from '@tensorflow/tfjs-core';
import { enhance, fallingCascade } from 'tfjs-boomerang';
import { images, model } from './clothes.ts';

const originals = tf.slice(images, 0, 2);
const poor = tf.avgPool(originals, 4, 4, 'valid');
// #region enhance
const found = await enhance(model, poor, { factor: 4, degrade: 'mean', seed: 'a', samples: 2 });
console.log(found.images.shape, found.uncertainty?.shape, `within ${Math.max(...found.errors).toFixed(2)} of 255`);
// #endregion

// #region fill
const seen = new Uint8Array(28 * 28).fill(1);
for (let row = 10; row < 18; row += 1) seen.fill(0, row * 28 + 10, row * 28 + 18); // a square that is not seen
const filled = await enhance(model, originals, { mask: seen, seed: 'a', cascade: fallingCascade(10, 1, 0.05) });
// #endregion
console.log(filled.images.shape);
