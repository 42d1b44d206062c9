/** The code of docs/augment.md. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  augmentDataset,
  boomerang,
  boomerangAugment,
  classical,
  compose,
  openImages,
  slowLearners,
} from 'tfjs-boomerang';
import { classifier, clothes, images, model } from './clothes.ts';

const folder = join(import.meta.dirname, '../images');
// #region read
const set = await openImages(folder, { size: [28, 28], channels: 1, fit: 'resize' });
console.log(`${set.count} images`, set.classes ?? 'without classes');
const batches = set.dataset({ batch: 64, shuffle: 'a' });
// #endregion

const rest = { model, seed: 'run-7', strength: 0.2, labels: 'ys' } as const;
// #region rare
const few = [8, 9]; // bags and boots; yours are the classes that you have few pictures of
const isRare = ({ ys }: { ys: tf.Tensor }) => few.includes(tf.argMax(ys).arraySync() as number);
const rare = augmentDataset(clothes.filter(isRare), {
  model,
  seed: 'run-7',
  strength: 0.3,
  mode: 'append', // every image is followed by
  copies: 3, // three variants, other ones in every pass
  labels: 'ys',
  softLabels: { gamma: 2 },
});
const balanced = rare.concatenate(clothes.filter((element) => !isRare(element))).shuffle(500, 'run-7');
// #endregion
// #region some
const half = boomerangAugment({ ...rest, probability: 0.5 }); // each image decides by its name and the epoch
const same = boomerangAugment({ ...rest, select: { share: 0.4 } }); // the same two fifths in every epoch
const slow = slowLearners({ share: 0.35, epochs: 3 }); // those whose loss stays high in the first epochs
const hard = boomerangAugment({ ...rest, select: slow });
const callbacks = [hard.callback(), slow.callback(classifier, clothes.batch(50))];
// #endregion

// #region labels
const kept = boomerangAugment({ ...rest, keep: { classifier, minProbability: 0.5 }, tries: 3 });
const near = boomerangAugment({ ...rest, distance: { min: 0.02, max: 0.2 } });
const soft = boomerangAugment({ ...rest, softLabels: { gamma: 2 } });
const told = boomerangAugment({ ...rest, conditional: true });
// #endregion
await clothes
  .take(4)
  .map(kept)
  .forEachAsync((element) => tf.dispose(element));
console.log(`${kept.stats().survived} of ${kept.stats().judged} variants kept their label`);

// #region mix
const pairs = augmentDataset(clothes, { ...rest, mode: 'pair' }); // { xs: { clean, variant }, ys }
const more = augmentDataset(clothes, { ...rest, mode: 'append', copies: 3 }); // four elements for each
const strong = compose(
  boomerangAugment({ ...rest, bank: 2 }), // two variants of each image are made once, and take turns
  classical({ seed: 'run-7', flip: true, crop: 2, randAugment: { n: 1, magnitude: 4 }, cutmix: 1 }), // of batches
);
// #endregion

// #region wait
const waiting = clothes.mapAsync(half.async).batch(10).prefetch(2);
// #endregion
await waiting.take(1).forEachAsync((element) => tf.dispose(element));

const some = tf.slice(images, 0, 4);
// #region alone
const third = await boomerang(model, some, { strength: 0.3, seed: 'a', variant: 3 });
// #endregion

// #region sizes
const large = tf.image.resizeBilinear(some, [64, 64]);
const detailed = await boomerang(model, large, { strength: 0.2, seed: 'a', fit: 'detail' });
// #endregion
let count = 0;
await balanced.forEachAsync((element) => {
  count += 1;
  tf.dispose(element);
});
console.log(`${count} elements instead of ${clothes.size}`);
console.log(third.shape, detailed.shape, more.size, [same, near, soft, told, pairs, strong, callbacks, batches].length);
