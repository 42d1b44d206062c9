import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryCache } from '../../src/caches/cache.ts';
import { tieredCache } from '../../src/caches/tieredCache.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import type { VariantRecord } from '../../src/returns/record.ts';
import { replay } from '../../src/returns/replay.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

const model = gaussianModel();

describe('a record makes the same variant again', () => {
  const scratch = scratchFolder();
  const way = { model, seed: 'r', strength: 0.6, steps: 4, eta: 1, reuse: 2, branch: 0.5 };
  const settings: Record<string, () => Partial<AugmentOptions>> = {
    'without a cache': () => ({ reuse: 1 }),
    'after a cache in memory': () => ({ cache: memoryCache() }),
    'after a cache of float16 on disk': () => ({
      cache: diskCache(scratch('half'), { maxBytes: 1e6, precision: 'float16' }),
    }),
    'after two caches, the one behind of float16': () => ({
      cache: tieredCache(memoryCache(), diskCache(scratch('tier'), { maxBytes: 1e6, precision: 'float16' })),
    }),
    'out of a bank': () => ({ reuse: 1, bank: 2 }),
    'with a schedule, a range and another solver': () => ({
      reuse: 1,
      strength: { from: 0.2, to: 0.7 },
      solver: 'dpm++2m',
      eta: undefined,
    }),
    "as diffusers' pipelines enter": () => ({ reuse: 1, solver: 'ddim', entry: 'diffusers' }),
  };
  for (const [name, changes] of Object.entries(settings)) {
    it(`${name}, in every epoch`, async () => {
      const image = gaussianImages(1, model);
      const options = changes();
      const records: VariantRecord[] = [];
      const augment = boomerangAugment({ ...way, ...options, onVariant: (record) => records.push(record) });
      for (const epoch of [0, 1, 2]) {
        augment.setEpoch(epoch);
        const made = augment(image);
        const again = await replay(model, JSON.parse(JSON.stringify(records.at(-1))), image);
        expect(again).to.be.tensorCloseTo(made, 0);
        tf.dispose([made, again]);
      }
      expect(records).to.have.lengthOf(3);
      options.cache?.dispose?.();
      image.dispose();
    });
  }

  it('behind another transform, of the pixels that it met there, under the name that came in', async () => {
    const image = gaussianImages(1, model);
    const records: VariantRecord[] = [];
    const shift = () => classical({ seed: 1, shift: 1.5 });
    const boomerang = boomerangAugment({ ...way, reuse: 1, onVariant: (record) => records.push(record) });
    const made = compose(shift(), boomerang)(image);
    const [record] = records as [VariantRecord];
    expect(record.key).to.equal((await shift().namesOf(image))[0]);
    expect(record.digest).to.not.equal(record.key);
    const shifted = shift()(image);
    const again = await replay(model, record, shifted);
    expect(again).to.be.tensorCloseTo(made, 0);
    expect(await rejection(replay(model, record, image))).to.have.property('code', 'bad-record');
    tf.dispose([image, made, shifted, again]);
  });

  it('of one image alone, and of a record that is one', async () => {
    const image = gaussianImages(2, model);
    const records: VariantRecord[] = [];
    boomerangAugment({ ...way, onVariant: (record) => records.push(record) })(image).dispose();
    expect(await rejection(replay(model, records[0] as VariantRecord, image))).to.have.property(
      'code',
      'bad-image-shape',
    );
    for (const odd of [undefined, {}, 'record']) {
      expect(await rejection(replay(model, odd as never, image))).to.have.property('code', 'bad-record');
    }
    image.dispose();
  });
});
