import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type LatentCache, memoryCache } from '../../src/caches/cache.ts';
import { tieredCache } from '../../src/caches/tieredCache.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { uniformStream } from '../../src/random.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { collectWarnings } from '../support/warnings.ts';

const model = gaussianModel();
const asked = { model, strength: 0.4, steps: 8, solver: 'ddim', eta: 1, seed: 'a', branch: 0.5, reuse: 2 } as const;
const EPOCHS = [0, 1, 2, 3];
const LATENT = 32 + 4 * 16;

describe('augmentation with a disk cache', () => {
  collectWarnings();
  const path = scratchFolder();
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(5, model);
  });
  after(() => images.dispose());

  type Run = { readonly options?: Partial<AugmentOptions>; readonly beforeEpoch?: () => void };
  const variants = (cache: LatentCache, { options, beforeEpoch }: Run = {}): number[][] => {
    const augment = boomerangAugment({ ...asked, ...options, cache });
    const passes = EPOCHS.map((epoch) => {
      beforeEpoch?.();
      augment.setEpoch(epoch);
      const result = augment(images);
      const values = Array.from(result.dataSync());
      result.dispose();
      return values;
    });
    cache.dispose?.();
    return passes;
  };
  const forgetful: LatentCache = {
    get: () => undefined,
    set: (_key, latent) => latent,
    stats: () => ({ hits: 0, misses: 0, entries: 0, bytes: 0 }),
  };
  const disk = (name: string, options: Partial<Parameters<typeof diskCache>[1]> = {}): LatentCache =>
    diskCache(path(name), { maxBytes: 2 ** 20, ...options });
  const damageFiles = (name: string): void => {
    const next = uniformStream(['damage', name]);
    for (const file of readdirSync(path(name)).filter((file) => file.endsWith('.latents'))) {
      const bytes = readFileSync(path(`${name}/${file}`));
      for (let at = 0; at < bytes.length; at += 1) if (next() < 0.005) bytes[at] = Math.floor(next() * 256);
      writeFileSync(path(`${name}/${file}`), bytes.subarray(0, Math.ceil(bytes.length * next())));
    }
  };

  it('changes no bit of a variant: none, memory, disk, both, found again, too small, damaged', async () => {
    await expectNoLeak(() => {
      const plain = variants(forgetful);
      expect(new Set(plain.map(String)).size, 'every epoch has variants of its own').to.equal(EPOCHS.length);
      expect(variants(memoryCache())).to.deep.equal(plain);
      expect(variants(disk('a'))).to.deep.equal(plain);
      const again = disk('a');
      expect(variants(again)).to.deep.equal(plain);
      expect(again.stats()).to.include({ hits: 20, misses: 0 });
      expect(variants(tieredCache(memoryCache({ maxBytes: 128 }), disk('a')))).to.deep.equal(plain);
      expect(variants(tieredCache(memoryCache(), disk('b')))).to.deep.equal(plain);
      expect(variants(disk('c', { maxBytes: 2 * LATENT }))).to.deep.equal(plain);
      const damaged = disk('a');
      expect(variants(damaged, { beforeEpoch: () => damageFiles('a') })).to.deep.equal(plain);
      expect(damaged.stats().damaged).to.be.above(0);
    });
  });

  it('with float16 makes the same variants whether they are found or not, and others than without', () => {
    const plain = variants(forgetful);
    const rounded = variants(disk('a', { precision: 'float16' }));
    expect(rounded).not.to.deep.equal(plain);
    const largest = Math.max(...rounded.flat().map((value, i) => Math.abs(value - (plain.flat()[i] ?? Number.NaN))));
    expect(largest).to.be.below(0.005);
    expect(variants(disk('a', { precision: 'float16' })), 'found').to.deep.equal(rounded);
    const both = tieredCache(memoryCache(), disk('b', { precision: 'float16' }));
    expect(variants(both), 'behind memory').to.deep.equal(rounded);
    const tiny = disk('c', { precision: 'float16', maxBytes: LATENT });
    expect(variants(tiny), 'mostly forgotten').to.deep.equal(rounded);
  });

  it('finds nothing of other images under the same keys, other seeds, solvers or networks', () => {
    const changes: Partial<AugmentOptions>[] = [
      {},
      { keys: () => [0, 1, 2, 3, 4] },
      { seed: 'b' },
      { eta: 0.5 },
      { solver: 'ddpm' },
      { steps: 4 },
      { strength: 0.3 },
      { branch: 0.25 },
      { model: gaussianModel([4, 4, 1], 0.5) },
    ];
    const expectAlone = (): void => {
      for (const options of changes) {
        expect(variants(disk('shared'), { options })).to.deep.equal(variants(forgetful, { options }));
      }
    };
    const first = images;
    expectAlone();
    images = tf.tidy(() => tf.reverse(first, 0));
    expectAlone();
    images.dispose();
    images = first;
  });
});
