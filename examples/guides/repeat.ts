/** The code of docs/repeat.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { augmentFrom, boomerangAugment, ramp, replay, type VariantRecord } from 'tfjs-boomerang';
import { clothes, images, model } from './clothes.ts';

const folder = await mkdtemp(join(tmpdir(), 'boomerang-runs-'));
// #region records
const records: VariantRecord[] = [];
const augment = boomerangAugment({
  model,
  seed: 'run-7',
  strength: ramp(0.1, 0.3),
  epochs: 2,
  onVariant: (record) => records.push(record),
});
augment.log(folder, { name: 'run-7' }); // a line of JSON for every epoch
await clothes
  .take(3)
  .map(augment)
  .forEachAsync((element) => tf.dispose(element));
const [record] = records as [VariantRecord];
const again = await replay(model, record, tf.gather(images, 0)); // the same pixels, bit for bit
// #endregion

// #region goes-on
await augment.endEpoch();
const state = JSON.stringify(augment.state()); // beside the checkpoint of your classifier
const config = JSON.stringify(augment.getConfig());

const next = augmentFrom(JSON.parse(config), { model, onVariant: () => {} });
next.restore(JSON.parse(state)); // in another process, say
await clothes
  .take(3)
  .map(next)
  .forEachAsync((element) => tf.dispose(element)); // epoch 1
// #endregion
console.log(`${records.length} variants, ${again.shape} again; then epoch ${next.state().epoch}`);
await rm(folder, { recursive: true });
