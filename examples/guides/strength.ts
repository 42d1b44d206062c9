/** The code of docs/concepts.md and docs/strength.md. */
import * as tf from '@tensorflow/tfjs-core';
import {
  adaptive,
  augmentDataset,
  boomerangAugment,
  byClass,
  calibrateStrength,
  planReturn,
  ramp,
  warmUp,
} from 'tfjs-boomerang';
import { classifier, clothes, images, labels, model } from './clothes.ts';

// #region units
for (const strength of [0.1, 0.3, 0.6]) {
  const { timestep, sigma, evaluations } = planReturn(model, { strength });
  console.log(`${strength} is timestep ${timestep}, sigma ${sigma.toFixed(2)}; ${evaluations} calls of the network`);
}
// 0.1 is timestep 100, sigma 0.34; 7 calls of the network
// 0.3 is timestep 300, sigma 1.24; 7 calls of the network
// 0.6 is timestep 600, sigma 6.17; 7 calls of the network
// #endregion

const held = { images: tf.slice(images, 0, 20), labels: labels.slice(0, 20) };
// #region measure
const goal = { classifier, labels: held.labels, target: 0.8, tolerance: 0.05 };
const found = await calibrateStrength(model, held.images, { seed: 'a', ...goal });
console.log(`80 % of labels are kept up to strength ${found.strength.toFixed(2)}`);
// #endregion

const rest = { model, seed: 'run-7' };
// #region how-far
const anywhere = boomerangAugment({ ...rest, strength: { from: 0.1, to: 0.4 } }); // each image draws
const either = boomerangAugment({ ...rest, strength: [0.25, { sigma: 1.2 }, { timestep: 400 }, { snrDb: -3 }] });
const own = boomerangAugment({ ...rest, strength: byClass({ 3: 0.1, 8: 0.5 }, 0.3), labels: 'ys' });
const free = boomerangAugment({ ...rest, strength: (progress: number) => 0.1 + 0.3 * progress ** 2, epochs: 30 });
// #endregion

// #region epochs
const growing = boomerangAugment({ ...rest, strength: ramp(0.1, 0.4), probability: warmUp(5, 0.5), epochs: 30 });
const gap = adaptive({
  target: 0.1,
  start: 0.1,
  measure: (_epoch, logs) => (logs['val_loss'] ?? 0) - (logs['loss'] ?? 0),
});
const following = boomerangAugment({ ...rest, strength: gap });
// #endregion

const few = clothes.take(10);
// #region counts
const counting = augmentDataset(few, { ...rest, strength: ramp(0.1, 0.3), epochs: 2 })
  .batch(5)
  .prefetch(2);
await counting.forEachAsync((element) => tf.dispose(element)); // epoch 0
await counting.forEachAsync((element) => tf.dispose(element)); // epoch 1
// #endregion
console.log([anywhere, either, own, free, growing, following].length);
