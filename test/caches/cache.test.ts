import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryCache } from '../../src/caches/cache.ts';
import { ArgumentError } from '../../src/errors.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';

const model = gaussianModel();
const options = { model, strength: 0.4, steps: 8, solver: 'ddim', eta: 1, seed: 'a' } as const satisfies AugmentOptions;
const EPOCHS = [0, 1, 2, 3, 4];

describe('the cache of noisy latents', () => {
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(5, model);
  });
  after(() => images.dispose());

  const run = (
    changes: Partial<AugmentOptions>,
  ): { passes: number[][]; stats: ReturnType<ReturnType<typeof boomerangAugment>['stats']> } => {
    const augment = boomerangAugment({ ...options, ...changes });
    const passes = EPOCHS.map((epoch) => {
      augment.setEpoch(epoch);
      const variants = augment(images);
      const values = Array.from(variants.dataSync());
      variants.dispose();
      return values;
    });
    return { passes, stats: augment.stats() };
  };

  for (const branch of [0, 0.25, 0.5, 0.75]) {
    for (const reuse of [1, 2, 4]) {
      it(`changes no bit of a variant with branch ${branch} and reuse ${reuse}, however small it is`, () => {
        const forgetful = {
          get: () => undefined,
          set: (_key: string, latent: Float32Array) => latent,
          stats: () => ({ hits: 0, misses: 0, entries: 0, bytes: 0 }),
        };
        const plain = run({ branch, reuse, cache: forgetful }).passes;
        expect(run({ branch, reuse, cache: memoryCache() }).passes).to.deep.equal(plain);
        expect(run({ branch, reuse, cache: memoryCache({ maxBytes: 2 * 64 }) }).passes).to.deep.equal(plain);
        expect(new Set(plain.map(String)).size, 'every epoch has variants of its own').to.equal(EPOCHS.length);
      });
    }
  }

  it('walks the shared part once for every `reuse` epochs, and counts what that saved', () => {
    const before = model.asked.images;
    const { stats } = run({ branch: 0.5, reuse: 2, cache: memoryCache() });
    // epochs 0, 2, 4 throw anew (8 calls an image), epochs 1 and 3 go on from the branch (4 calls)
    expect(model.asked.images - before).to.equal(5 * (3 * 8 + 2 * 4));
    expect(stats).to.include({ evaluations: 5 * 32, evaluationsSaved: 5 * 8, hits: 10, misses: 15, entries: 15 });
    expect(stats.bytes).to.equal(15 * 16 * 4);
  });

  it('stays within its bytes and forgets what was used least recently', () => {
    const cache = memoryCache({ maxBytes: 100 });
    for (const name of ['a', 'b', 'c']) {
      cache.get('a');
      cache.set(name, new Float32Array(10));
    }
    expect(cache.stats().bytes).to.equal(80);
    expect(cache.get('a')).to.have.lengthOf(10);
    expect(cache.get('b')).to.equal(undefined);
  });

  it('refuses a size that is no size', () => {
    for (const maxBytes of [0, -1, 1.5, Number.NaN]) {
      expect(() => memoryCache({ maxBytes }))
        .to.throw(ArgumentError, String(maxBytes))
        .with.property('code', 'bad-cache-size');
    }
  });
});
