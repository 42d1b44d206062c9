import * as tf from '@tensorflow/tfjs-core';
import { array } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { memoryBank } from '../../src/caches/bank.ts';
import type { LatentCache } from '../../src/caches/cache.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { labelled, openTiny } from './tiny.ts';

describe('a bank of a latent model', () => {
  const scratch = scratchFolder();

  it('tells variants of rounded images from those of others, if two caches share it', () =>
    expectNoLeak(async () => {
      const model = await openTiny('ldm');
      const batch = labelled(2, model);
      const caches = (['float32', 'float16'] as const).map((precision) =>
        diskCache(scratch(precision), { maxBytes: 1e6, precision }),
      );
      const made = (bank: ReturnType<typeof memoryBank>, cache: LatentCache): number[] => {
        const augment = boomerangAugment({ model, seed: 1, strength: 0.5, steps: 2, bank, cache });
        const { xs } = augment(batch);
        const values = Array.from(xs.dataSync());
        xs.dispose();
        return values;
      };
      const alone = caches.map((cache) => made(memoryBank({ variants: 1 }), cache));
      expect(alone[0]).to.not.deep.equal(alone[1]);
      const shared = memoryBank({ variants: 1 });
      for (const round of ['made', 'found again']) {
        const both = caches.map((cache) => made(shared, cache));
        expect(both, round).to.deep.equal(alone);
      }
      for (const cache of caches) cache.dispose?.();
      tf.dispose([batch.xs, batch.ys]);
      model.dispose();
    }));

  it('is filled beforehand, and encodes each image once for all of its variants', () =>
    expectNoLeak(async () => {
      const model = await openTiny('ldm');
      const batch = labelled(2, model);
      const augment = boomerangAugment({ model, seed: 1, strength: 0.5, steps: 2, bank: 3 });
      await augment.fillBank(
        array([0, 1]).map((n) => tf.squeeze(tf.slice(batch.xs, [n as number, 0, 0, 0], [1, -1, -1, -1]), [0])) as never,
      );
      const { encodings, evaluations } = augment.stats();
      expect({ encodings, evaluations }).to.deep.equal({ encodings: 2, evaluations: 2 * 3 * 2 });
      for (const epoch of [0, 1, 2]) {
        augment.setEpoch(epoch);
        augment(batch).xs.dispose();
      }
      expect(augment.stats()).to.include({ encodings: 2, evaluations: 12 });
      tf.dispose([batch.xs, batch.ys]);
      model.dispose();
    }));
});
