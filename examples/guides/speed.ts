/** The code of docs/speed.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment, diskBank, diskCache, loadModel, memoryCache, tieredCache } from 'tfjs-boomerang';
import { clothes, model } from './clothes.ts';

const folder = await mkdtemp(join(tmpdir(), 'boomerang-kept-'));
const rest = { model, seed: 'run-7', strength: 0.3 };
// #region cache
const memory = memoryCache({ maxBytes: 256e6 });
const cached = boomerangAugment({ ...rest, cache: tieredCache(memory, diskCache(folder, { maxBytes: 2e9 })) });
const shared = boomerangAugment({ ...rest, cache: memory, reuse: 4, branch: 0.5, eta: 1 }); // half of each return is shared
// #endregion

// #region bank
const banked = boomerangAugment({ ...rest, bank: diskBank(join(folder, 'bank'), { variants: 2 }) });
console.log(banked.bankNeeds(3)); // what it takes for three images
await banked.fillBank(clothes.take(3)); // made now, or as they are asked for
// #endregion

for (const augment of [cached, shared, banked]) {
  await clothes
    .take(3)
    .map(augment)
    .forEachAsync((element) => tf.dispose(element));
}
console.log(shared.stats().evaluationsSaved, banked.stats().evaluationsSaved);

// #region engines
const quick = await loadModel('boomerang:fashion-28', { engine: 'auto', device: 'cpu', precision: 'float32' });
console.log(`${quick.engine} on ${quick.device ?? 'the backend of tfjs'}`);
// #endregion
quick.dispose();
await rm(folder, { recursive: true });
