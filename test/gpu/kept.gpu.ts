import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryBank } from '../../src/caches/bank.ts';
import { memoryCache } from '../../src/caches/cache.ts';
import type { Model } from '../../src/models/model.ts';
import { diskBank } from '../../src/node/diskCache/diskBank.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import type { VariantRecord } from '../../src/returns/record.ts';
import { replay } from '../../src/returns/replay.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

const FASHION = join(root, 'models/fashion-28');

const KEEPERS: Readonly<Record<string, (folder: string) => Partial<AugmentOptions>>> = {
  'nothing kept': () => ({}),
  'a cache in memory': () => ({ cache: memoryCache() }),
  'a cache on disk': (folder) => ({ cache: diskCache(folder, { maxBytes: 2 ** 24 }) }),
  'a bank in memory': () => ({ bank: memoryBank({ variants: 2 }) }),
  'a bank on disk': (folder) => ({ bank: diskBank(folder, { variants: 2 }) }),
  'a throw that is used again': () => ({ reuse: 2, branch: 0.5, eta: 1 }),
};

describe('what a GPU made', () => {
  const path = scratchFolder();
  const models: Model[] = [];
  let image: tf.Tensor4D;
  before(async () => {
    models.push(await loadModel(FASHION, { device: 'webgpu' }), await loadModel(FASHION, { device: 'cpu' }));
    models.push(await loadModel(FASHION, { device: 'webgpu', precision: 'float16' }));
    image = tf.randomUniform([2, 28, 28, 1], 0, 1, 'float32', 5);
  });
  after(() => {
    for (const model of models) model.dispose();
    image.dispose();
  });

  const made = async (model: Model, keeper: Partial<AugmentOptions>) => {
    const records: VariantRecord[] = [];
    const onVariant = (record: VariantRecord) => records.push(record);
    const augment = boomerangAugment({ model, seed: 'a', strength: 0.4, steps: 2, ...keeper, onVariant });
    const { xs } = await augment.async({ xs: image, ys: 1 });
    const pixels = await xs.data<'float32'>();
    xs.dispose();
    return { augment, pixels, records };
  };

  for (const [name, make] of Object.entries(KEEPERS)) {
    it(`is what the processor makes, with ${name} before it goes on there`, async () => {
      const [gpu, processor] = models as [Model, Model];
      const keeper = make(path('kept'));
      const first = await made(gpu, keeper);
      const second = await made(processor, keeper);
      expect(largestDifference(first.pixels, second.pixels)).to.be.below(5e-3);
      second.augment.restore(first.augment.state());
      keeper.cache?.dispose?.();
      if (typeof keeper.bank === 'object') keeper.bank.dispose?.();
    });
  }

  it('is made again by the processor from its record, and not from one in half precision', async () => {
    const [gpu, processor, half] = models as [Model, Model, Model];
    const one = tf.slice(image, [0, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D;
    const { records, pixels } = await made(gpu, {});
    const again = await replay(processor, records[0] as VariantRecord, one);
    expect(largestDifference(await again.data(), pixels.slice(0, 28 * 28))).to.be.below(5e-3);
    const { records: others } = await made(half, {});
    const error = await rejection(replay(processor, others[0] as VariantRecord, one));
    expect(error).to.have.property('code', 'bad-record');
    expect(error.message).to.match(/-float16/);
    tf.dispose([one, again]);
  });
});
