import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryCache } from '../../src/caches/cache.ts';
import { tieredCache } from '../../src/caches/tieredCache.ts';
import type { Model } from '../../src/models/model.ts';
import { diskBank } from '../../src/node/diskCache/diskBank.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import type { VariantRecord } from '../../src/returns/record.ts';
import { replay } from '../../src/returns/replay.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { scratchFolder } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { KINDS, type Labelled, labelled, openTiny, TOLD } from './tiny.ts';

const COUNT = 3;
const EPOCHS = [0, 1, 2];
const HALF = { maxBytes: 1e7, precision: 'float16' } as const;

type Setting = (scratch: (name: string) => string) => Partial<AugmentOptions>;

/** Ways of keeping things, by what the variants of each are equal to. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  'without a cache': () => ({}),
  'with a cache in memory': () => ({ cache: memoryCache() }),
  'with a cache on disk': (scratch) => ({ cache: diskCache(scratch('whole'), { maxBytes: 1e7 }) }),
  'with a cache of float16 on disk': (scratch) => ({ cache: diskCache(scratch('half'), HALF) }),
  'with two caches, the one behind of float16': (scratch) => ({
    cache: tieredCache(memoryCache(), diskCache(scratch('behind'), HALF)),
  }),
  'with throws that are used again': () => ({ reuse: 2, branch: 0.5 }),
  'with throws that are used again, from disk': (scratch) => ({
    ...{ reuse: 2, branch: 0.5, cache: diskCache(scratch('reuse'), HALF) },
  }),
  'out of a bank': () => ({ bank: 2 }),
  'out of a bank on disk': (scratch) => ({ bank: diskBank(scratch('bank'), { variants: 2 }) }),
  'out of a bank beside a cache of float16': (scratch) => ({ bank: 2, cache: diskCache(scratch('beside'), HALF) }),
  'as the pipelines of diffusers enter': () => ({ entry: 'diffusers', solver: 'ddim', branch: 0.5, reuse: 2 }),
  'by a multistep solver, strengths by image': () => ({
    ...{ strength: { from: 0.2, to: 0.8 }, solver: 'dpm++2m', eta: undefined },
  }),
  'unthrown, through the autoencoder alone, or thrown': () => ({ strength: [0, 0.6], roundTrip: true }),
};
const EQUAL = ['without a cache', 'with a cache in memory', 'with a cache on disk'];

describe('variants of latent models', () => {
  const scratch = scratchFolder();
  it('are made in thirteen ways', () => expect(Object.keys(SETTINGS)).to.have.length(13));

  for (const kind of KINDS) {
    describe(kind, () => {
      let model: Model;
      let batch: Labelled;
      before(async () => {
        model = await openTiny(kind);
        batch = labelled(COUNT, model);
      });
      after(() => {
        tf.dispose([batch.xs, batch.ys]);
        model.dispose();
      });

      const optionsOf = (setting: Partial<AugmentOptions>): AugmentOptions => ({
        ...{ model, seed: 'r', strength: 0.6, steps: 4, eta: 1, ...TOLD[kind] },
        ...setting,
      });
      /** Image by image, epoch by epoch: all at once, or one after another from the last to the first. */
      const variantsOf = async (options: AugmentOptions, { apart, later }: { apart: boolean; later: boolean }) => {
        const augment = boomerangAugment(options);
        const made: Record<string, Float32Array> = {};
        for (const epoch of EPOCHS) {
          augment.setEpoch(epoch);
          const places = apart ? [2, 1, 0] : [0];
          for (const place of places) {
            const [count, at] = apart ? [1, place] : [COUNT, 0];
            const element = {
              xs: tf.slice(batch.xs, [at, 0, 0, 0], [count, -1, -1, -1]),
              ys: tf.slice(batch.ys, at, count),
            };
            const changed = later ? await augment.async(element) : augment(element);
            for (const [n, one] of tf.unstack(changed.xs).entries()) {
              made[`${epoch}, ${at + n}`] = one.dataSync<'float32'>();
              one.dispose();
            }
            tf.dispose([element, changed] as tf.TensorContainer);
          }
        }
        options.cache?.dispose?.();
        if (typeof options.bank === 'object') options.bank.dispose?.();
        return made;
      };

      for (const [title, setting] of Object.entries(SETTINGS)) {
        it(`${title}: are the same in any batch and order, awaited or not`, () =>
          expectNoLeak(async () => {
            const whole = await variantsOf(optionsOf(setting(scratch)), { apart: false, later: false });
            const isRounded = title.includes('float16') || title.includes('from disk');
            for (const [n, how] of [
              { apart: true, later: false },
              { apart: false, later: true },
              { apart: true, later: true },
            ].entries()) {
              const own = setting((name) => scratch(`${name}-${n}`));
              const made = await variantsOf(optionsOf(own), how);
              expect(Object.keys(made).sort()).to.deep.equal(Object.keys(whole).sort());
              for (const [name, pixels] of Object.entries(made)) {
                const difference = largestDifference(pixels, whole[name] as Float32Array);
                expect(difference, `${name} ${JSON.stringify(how)}`).to.be.at.most(isRounded ? 1e-3 : 1e-5);
              }
            }
            if (!EQUAL.includes(title)) return;
            const plain = await variantsOf(optionsOf({}), { apart: false, later: false });
            for (const [name, pixels] of Object.entries(plain)) {
              expect(largestDifference(pixels, whole[name] as Float32Array), name).to.be.at.most(1e-5);
            }
          }));

        it(`${title}: are made again by their records`, () =>
          expectNoLeak(async () => {
            const records: VariantRecord[] = [];
            const options = { ...optionsOf(setting(scratch)), onVariant: (one: VariantRecord) => records.push(one) };
            const element = { xs: tf.slice(batch.xs, [0, 0, 0, 0], [1, -1, -1, -1]), ys: tf.slice(batch.ys, 0, 1) };
            const augment = boomerangAugment(options);
            for (const epoch of EPOCHS) {
              augment.setEpoch(epoch);
              const { xs } = augment(element);
              const again = await replay(model, JSON.parse(JSON.stringify(records.at(-1))), element.xs);
              expect(again, `epoch ${epoch}`).to.be.tensorCloseTo(xs, 0);
              expect(xs).to.not.be.tensorCloseTo(element.xs, 1e-3);
              tf.dispose([xs, again]);
            }
            expect(records).to.have.length(EPOCHS.length);
            options.cache?.dispose?.();
            if (typeof options.bank === 'object') options.bank.dispose?.();
            tf.dispose(element);
          }));
      }
    });
  }
});
