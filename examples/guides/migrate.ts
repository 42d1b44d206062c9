/** The code of docs/migrate.md. */
import * as tf from '@tensorflow/tfjs-core';
import { augmentDataset, boomerang, boomerangAugment, classical, compose } from 'tfjs-boomerang';
import { clothes, images, model } from './clothes.ts';

// #region albumentations
const transform = compose(
  boomerangAugment({ model, seed: 'run-7', strength: 0.3, probability: 0.5 }),
  classical({ seed: 'run-7', flip: true, shift: 2, rotate: 10, brightness: 0.2, contrast: 0.2, cutout: 8 }),
);
const [first] = await clothes.take(1).map(transform).toArray();
// #endregion

// #region keras
const augmented = augmentDataset(clothes, classical({ seed: 'run-7', flip: true, rotate: 18, contrast: 0.2 }));
const training = augmented.batch(32).prefetch(2); // for fitDataset; what is not mapped is not changed: that is `training=False`
// #endregion

// #region img2img
const variants = await boomerang(model, tf.slice(images, 0, 4), {
  strength: 0.5,
  steps: 20,
  solver: 'ddim',
  entry: 'diffusers', // runs int(20 * 0.5) steps, as diffusers does; left out, all 20 run
  seed: 0,
  variant: 1, // the second of many
});
// #endregion
await training.take(1).forEachAsync((element) => tf.dispose(element));
console.log(first !== undefined, variants.shape);
