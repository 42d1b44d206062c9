import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Bank, memoryBank } from '../../src/caches/bank.ts';
import { type LatentCache, memoryCache } from '../../src/caches/cache.ts';
import type { Model } from '../../src/models/model.ts';
import { ramp } from '../../src/schedules/schedules.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { type AugmentOptions, augmentEntries } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';

const COUNT = 8;

/** The exact model with classes: each class is another spread, so that a return to one differs from a return to none. */
const classModel = (digest = 'classes', spreads = [0.2, 0.6, 0.35]): Model => {
  const models = spreads.map((spread) => gaussianModel([4, 4, 1], spread));
  const first = models[0] as Model;
  const predict: Model['predict'] = (x, timesteps, labels) =>
    tf.tidy(() => {
      const own = labels === undefined ? new Array<number>(x.shape[0]).fill(2) : Array.from(labels as number[]);
      const rows = own.map((label, n) => {
        const at = typeof timesteps === 'number' ? timesteps : ((timesteps as number[])[n] as number);
        const row: tf.Tensor4D = tf.slice(x, [n, 0, 0, 0], [1, 4, 4, 1]);
        return (models[label] as Model).predict(row, at);
      });
      return tf.concat(rows);
    });
  const labels = { count: 3, nullLabel: 2 };
  return { ...first, digest, labels, predict, predictAsync: async (...asked) => predict(...asked) };
};

const model = classModel();
const dark = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => tf.softmax(tf.stack([tf.mul(tf.mean(images, [1, 2, 3]), -30), tf.zeros([images.shape[0]])], 1)));
const bright = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() =>
    tf.softmax(
      tf.stack([tf.mul(tf.mean(images, [1, 2, 3]), 0), tf.mul(tf.sub(tf.mean(images, [1, 2, 3]), 0.45), 60)], 1),
    ),
  );

const base: AugmentOptions = {
  model,
  seed: 'a',
  strength: 0.5,
  steps: 3,
  eta: 1,
  labels: 'ys',
  epochs: 4,
  tries: 2,
};

/** For each option: what two augmenters differ in, and what both have beside the base. */
const differences: Record<string, { two: [object, object]; both?: object; same?: 'replace' }> = {
  model: { two: [{ model }, { model: classModel('others', [0.1, 0.5, 0.3]) }] },
  seed: { two: [{ seed: 'a' }, { seed: 'b' }] },
  strength: { two: [{ strength: 0.5 }, { strength: 0.51 }] },
  steps: { two: [{ steps: 3 }, { steps: 4 }] },
  solver: { two: [{ solver: 'ddim' }, { solver: 'heun' }], both: { eta: undefined } },
  eta: { two: [{ eta: 1 }, { eta: 0.5 }] },
  spacing: { two: [{ spacing: 'trailing' }, { spacing: 'karras' }], both: { solver: 'ddim' } },
  entry: { two: [{ entry: 'start' }, { entry: 'diffusers' }], both: { solver: 'ddim', steps: 7, strength: 0.33 } },
  epochs: { two: [{ epochs: 2 }, { epochs: 9 }], both: { strength: ramp(0.2, 0.7) } },
  probability: { two: [{ probability: 1 }, { probability: 0.4 }] },
  select: { two: [{ select: { share: 0.3 } }, { select: { share: 0.9 } }] },
  keys: { two: [{}, { keys: () => Array.from({ length: COUNT }, (_, n) => n) }] },
  conditional: { two: [{ conditional: false }, { conditional: true }] },
  'conditional, when steps belong to the throw': {
    two: [{ conditional: false }, { conditional: true }],
    both: { branch: 0.7 },
  },
  bank: { two: [{ bank: 2 }, { bank: 3 }] },
  keep: {
    two: [{ keep: { classifier: dark, minProbability: 0.5 } }, { keep: { classifier: bright, minProbability: 0.5 } }],
  },
  distance: { two: [{ distance: { min: 0.12 } }, { distance: { max: 0.15 } }] },
  tries: { two: [{ tries: 1 }, { tries: 5 }], both: { distance: { min: 0.12, max: 0.15 } } },
  branch: {
    two: [{ branch: 0 }, { branch: 0.5 }],
    both: { solver: 'dpm++2m', eta: undefined, steps: 5, strength: 0.8 },
  },
  reuse: { two: [{ reuse: 1 }, { reuse: 2 }] },
  guidance: { two: [{ guidance: 1 }, { guidance: 3 }], both: { conditional: true } },
};
/** Options that decide how an element looks, not what a variant is, or where and how long things run. */
const BESIDE = ['range', 'image', 'fit', 'labels', 'mode', 'softLabels', 'cache', 'onVariant', 'state', 'signal'];

describe('augmenters that share what they keep, and differ in one option alone', () => {
  let images: tf.Tensor4D;
  let ys: tf.Tensor1D;
  before(() => {
    images = gaussianImages(COUNT, model);
    ys = tf.tensor1d(
      Array.from({ length: COUNT }, (_, n) => n % 2),
      'int32',
    );
  });
  after(() => tf.dispose([images, ys]));

  const passes = (options: object): number[][] => {
    const augment = boomerangAugment({ ...base, ...options } as AugmentOptions);
    return [0, 1, 2, 3].map((epoch) => {
      augment.setEpoch(epoch);
      const made = augment({ xs: images, ys });
      const values = Array.from(made.xs.dataSync());
      if (made.xs !== images) made.xs.dispose();
      return values;
    });
  };
  const wrapped = (variants: number, kept: Bank): Bank => ({ ...kept, variants });

  it('leave no option out', () => {
    const named = Object.keys(differences).filter((name) => !name.includes(','));
    expect([...named, ...BESIDE].sort()).to.deep.equal(Object.keys(augmentEntries).sort());
  });

  for (const [name, { two, both = {} }] of Object.entries(differences)) {
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
