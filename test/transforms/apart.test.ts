import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Bank, memoryBank } from '../../src/caches/bank.ts';
import { type LatentCache, memoryCache } from '../../src/caches/cache.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { type AugmentOptions, augmentEntries } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages } from '../support/gaussianModel.ts';
import { stableFiles } from '../support/latentPipeline.ts';
import { BESIDE, base, COUNT, differences, model } from './differences.ts';

describe('augmenters that share what they keep, and differ in one option alone', () => {
  let [images, large]: tf.Tensor4D[] = [];
  let text: Model;
  let ys: tf.Tensor1D;
  before(async () => {
    text = await openModel(memoryFolder('text', await stableFiles()));
    [images, large] = [gaussianImages(COUNT, model), gaussianImages(COUNT, text)];
    ys = tf.tensor1d(
      Array.from({ length: COUNT }, (_, n) => n % 2),
      'int32',
    );
  });
  after(() => {
    tf.dispose([images, large, ys]);
    text.dispose();
  });

  const passes = ({ hasText, ...options }: Readonly<Record<string, unknown>>): number[][] => {
    const own = hasText ? { ...base, model: text } : base;
    const augment = boomerangAugment({ ...own, ...options } as AugmentOptions);
    const xs = (hasText ? large : images) as tf.Tensor4D;
    return [0, 1, 2, 3].map((epoch) => {
      augment.setEpoch(epoch);
      const made = augment({ xs, ys });
      const values = Array.from(made.xs.dataSync());
      if (made.xs !== xs) made.xs.dispose();
      return values;
    });
  };
  const wrapped = (variants: number, kept: Bank): Bank => ({ ...kept, variants });

  it('leave no option out', () => {
    const named = Object.keys(differences).filter((name) => !name.includes(','));
    expect([...named, ...BESIDE].sort()).to.deep.equal(Object.keys(augmentEntries).sort());
  });

  for (const [name, { two, both: others, hasText }] of Object.entries(differences)) {
    const both = { ...others, ...(hasText ? { hasText } : {}) };
    it(`${name}: with one cache, each makes what it makes alone, and the two are not the same`, () => {
      const [first, second] = two;
      const alone = two.map((one) => passes({ ...both, ...one }));
      expect(alone[0]).to.not.deep.equal(alone[1]);
      const cache: LatentCache = memoryCache();
      const asOne = { ...both, ...('bank' in first ? {} : { cache }) };
      expect([passes({ ...asOne, ...first }), passes({ ...asOne, ...second })]).to.deep.equal(alone);
      expect([passes({ ...asOne, ...first }), passes({ ...asOne, ...second })], 'found again').to.deep.equal(alone);
    });

    if (name === 'reuse') continue; // is not used beside a bank
    it(`${name}: with one bank, each makes what it makes alone`, () => {
      const kept = memoryBank({ variants: 2 });
      const banked = two.map((one) => ('bank' in one ? (one.bank as number) : 2));
      const alone = two.map((one, n) =>
        passes({ ...both, ...one, bank: memoryBank({ variants: banked[n] as number }) }),
      );
      for (const round of ['made', 'found again']) {
        const made = two.map((one, n) => passes({ ...both, ...one, bank: wrapped(banked[n] as number, kept) }));
        expect(made, round).to.deep.equal(alone);
      }
    });
  }
});
