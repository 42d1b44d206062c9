import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { memoryCache } from '../../../src/caches/cache.ts';
import { ArgumentError } from '../../../src/errors.ts';
import type { VariantRecord } from '../../../src/returns/record.ts';
import { cyclic, ramp } from '../../../src/schedules/schedules.ts';
import { byClass } from '../../../src/schedules/strength.ts';
import { augmentDataset } from '../../../src/transforms/augmentDataset.ts';
import { type Augment, boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { slowLearners } from '../../../src/transforms/boomerang/slowLearners.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

const model = gaussianModel();
const COUNT = 24;
const options = { model, strength: 0.4, steps: 3, seed: 'a' } as const satisfies AugmentOptions;
type Labelled = { xs: tf.Tensor4D; ys: tf.Tensor };

/** Sees class 1 in bright images and class 0 in dark ones. */
const classifier = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => {
    const bright = tf.sigmoid(tf.mul(tf.sub(tf.mean(images, [1, 2, 3]), 0.5), 40));
    return tf.stack([tf.sub(1, bright), bright], 1);
  });

describe('modes of augmentation', () => {
  let images: tf.Tensor4D;
  let labels: tf.Tensor2D;
  let classes: number[];
  const element = (): Labelled => ({ xs: tf.clone(images), ys: tf.clone(labels) });
  before(() => {
    images = gaussianImages(COUNT, model);
    classes = Array.from(tf.tidy(() => tf.argMax(classifier(images), 1).dataSync()));
    labels = tf.tidy(() => tf.cast(tf.oneHot(classes, 2), 'float32')) as tf.Tensor2D;
  });
  after(() => tf.dispose([images, labels]));

  /** The images of one turn. */
  const turn = (augment: Augment): number[] => {
    const given = element();
    const made = augment(given);
    const values = Array.from(made.xs.dataSync());
    tf.dispose([made, given] as unknown as tf.TensorContainer);
    return values;
  };
  const epochsOf = (changes: Partial<AugmentOptions>, epochs = 4): number[][] => {
    const augment = boomerangAugment({ ...options, ...changes });
    return Array.from({ length: epochs }, (_, epoch) => {
      augment.setEpoch(epoch);
      return turn(augment);
    });
  };
  const share = (values: number[]): number[] => {
    const original = images.dataSync();
    return Array.from({ length: COUNT }, (_, n) =>
      largestDifference(values.slice(n * 16, (n + 1) * 16), original.slice(n * 16, (n + 1) * 16)),
    );
  };

  it('walks images of different strengths together as each alone', () => {
    const strength = { from: 0.1, to: 0.7 };
    const together = turn(boomerangAugment({ ...options, strength }));
    const calls = model.asked.calls;
    turn(boomerangAugment({ ...options, strength }));
    expect(model.asked.calls - calls).to.equal(3);
    tf.unstack(images).forEach((one, n) => {
      const alone = boomerangAugment({ ...options, strength })(one);
      expect(largestDifference(alone.dataSync(), together.slice(n * 16, (n + 1) * 16))).to.be.below(1e-5);
      tf.dispose([one, alone]);
    });
  });

  it('gives every class its own strength', () => {
    const changed = share(turn(boomerangAugment({ ...options, labels: 'ys', strength: byClass({ 0: 0 }, 0.4) })));
    for (const [n, difference] of changed.entries()) {
      if (classes[n] === 0) expect(difference).to.equal(0);
      else expect(difference).to.be.above(0.01);
    }
  });

  it('changes only the images that are selected: a share, keys, a rule', () => {
    const some = share(turn(boomerangAugment({ ...options, select: { share: 0.5 } }))).filter(
      (difference) => difference > 0,
    );
    expect(some.length).to.be.within(4, 20);
    const keys = (): number[] => Array.from({ length: COUNT }, (_, n) => n);
    const named = share(turn(boomerangAugment({ ...options, keys, select: { keys: [3, 5] } })));
    expect(named.flatMap((difference, n) => (difference > 0 ? [n] : []))).to.deep.equal([3, 5]);
    const odd = { selects: (key: string | number) => (key as number) % 2 === 1 };
    const ruled = share(turn(boomerangAugment({ ...options, keys, select: odd })));
    expect(ruled.filter((difference) => difference > 0)).to.have.lengthOf(COUNT / 2);
    expect(() => boomerangAugment({ ...options, select: { share: 2 } })).to.throw(ArgumentError, /2/);
  });

  it('selects what was learned slowly, once its losses are recorded', async () => {
    const slow = slowLearners({ share: 0.25, epochs: 2 });
    const dataset = data.array([0]).map(() => element()) as unknown as data.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>;
    const callback = slow.callback(classifier, dataset);
    const augment = boomerangAugment({ ...options, select: slow });
    expect(share(turn(augment)).every((difference) => difference === 0)).to.equal(true);
    await expectNoLeak(async () => {
      for (let epoch = 0; epoch < 3; epoch += 1) await callback.onEpochEnd(epoch);
    });
    const losses = Array.from(tf.tidy(() => tf.neg(tf.log(tf.max(classifier(images), 1))).dataSync()));
    augment.setEpoch(3);
    const changed = share(turn(augment)).map((difference) => difference > 0);
    expect(changed.filter(Boolean)).to.have.lengthOf(COUNT / 4);
    const least = Math.min(...losses.filter((_, n) => changed[n]));
    expect(least).to.be.at.least(Math.max(...losses.filter((_, n) => !changed[n])) - 1e-6);
  });

  it('hands on clean and variant side by side', () => {
    const given = element();
    const made = boomerangAugment({ ...options, mode: 'pair', probability: 0.5 })(given) as unknown as {
      xs: { clean: tf.Tensor; variant: tf.Tensor };
      ys: tf.Tensor;
    };
    expect(made.xs.clean).to.equal(given.xs);
    expect(made.ys).to.equal(given.ys);
    const plain = turn(boomerangAugment({ ...options, probability: 0.5 }));
    expect(Array.from(made.xs.variant.dataSync())).to.deep.equal(plain);
    tf.dispose([given.xs, given.ys, made.xs.variant]);
  });

  it('appends copies, each another variant, with labels of their own', async () => {
    const source = data.array([0, 1]).map(() => element()) as unknown as data.Dataset<tf.TensorContainer>;
    const appended = augmentDataset(Object.assign(source, { size: 2 }), { ...options, mode: 'append', copies: 2 });
    expect(appended.size).to.equal(6);
    await expectNoLeak(async () => {
      const seen: number[][] = [];
      await appended.prefetch(2).forEachAsync((one) => {
        const { xs, ys } = one as unknown as Labelled;
        seen.push(Array.from(xs.dataSync()));
        expect(ys.dataSync()).to.deep.equal(labels.dataSync());
      });
      expect(seen).to.have.lengthOf(6);
      expect(seen[0]).to.deep.equal(Array.from(images.dataSync()));
      expect(seen[1]).to.not.deep.equal(seen[2]);
      expect(seen.slice(3)).to.deep.equal(seen.slice(0, 3)); // the same images, so the same variants in one epoch
      expect(seen[1]).to.deep.equal(turn(boomerangAugment(options)));
    });
  });

  it('draws from a bank, which is filled once', async () => {
    const augment = boomerangAugment({ ...options, bank: 2 });
    const before = model.asked.images;
    const source = data.array([0]).map(() => element()) as unknown as data.Dataset<tf.TensorContainer>;
    await expectNoLeak(() => augment.fillBank(source));
    expect(model.asked.images - before).to.equal(COUNT * 2 * 3);
    expect(augment.stats()).to.include({ evaluations: COUNT * 2 * 3, images: 0 });
    const passes = Array.from({ length: 8 }, (_, epoch) => {
      augment.setEpoch(epoch);
      return turn(augment);
    });
    expect(model.asked.images - before).to.equal(COUNT * 2 * 3);
    const variantsOf = (n: number): Set<string> =>
      new Set(passes.map((pass) => pass.slice(n * 16, (n + 1) * 16).join()));
    for (let n = 0; n < COUNT; n += 1) expect(variantsOf(n).size).to.be.at.most(2);
    expect(new Set(passes.map(String)).size).to.be.above(4);
    expect(epochsOf({ bank: 2 }, 8)).to.deep.equal(passes);
    let code = '';
    await boomerangAugment(options)
      .fillBank(source)
      .catch((error) => {
        code = error.code;
      });
    expect(code).to.equal('bad-bank');
  });

  it('keeps only what the classifier still knows, tries again, and then leaves the image', () => {
    const records: VariantRecord[] = [];
    const augment = boomerangAugment({
      ...options,
      strength: 0.8,
      labels: 'ys',
      keep: { classifier, minProbability: 0.6 },
      tries: 2,
      onVariant: (record) => records.push(record),
    });
    const given = element();
    const made = augment(given);
    const probabilities = tf.tidy(() => tf.sum(tf.mul(classifier(made.xs), labels), 1)).arraySync() as number[];
    const changed = share(Array.from(made.xs.dataSync()));
    for (const [n, difference] of changed.entries()) if (difference > 0) expect(probabilities[n]).to.be.at.least(0.6);
    const { rejected, gaveUp, images: seen, changed: kept } = augment.stats();
    expect(seen).to.equal(COUNT);
    expect(kept + gaveUp).to.equal(COUNT);
    expect(rejected).to.be.above(0);
    expect(gaveUp).to.be.above(0);
    expect(records.filter((record) => record.kept)).to.have.lengthOf(kept);
    expect(records.filter((record) => !record.kept)).to.have.lengthOf(rejected);
    expect(new Set(records.map(({ variant }) => variant))).to.deep.equal(new Set([0, 1]));
    const easy = boomerangAugment({ ...options, labels: 'ys', keep: { classifier, topK: 2 } });
    turn(easy);
    expect(easy.stats()).to.include({ rejected: 0, changed: COUNT });
    tf.dispose([given.xs, given.ys, made.xs]);
  });

  it('keeps only what lies at the right distance', () => {
    const distances: number[] = [];
    const augment = boomerangAugment({
      ...options,
      distance: { min: 0.1, max: 0.14 },
      onVariant: ({ kept, distance }) => (kept ? distances.push(distance) : 0),
    });
    turn(augment);
    expect(distances).to.not.be.empty;
    for (const distance of distances) expect(distance).to.be.within(0.1, 0.14);
    expect(augment.stats().rejected).to.be.above(0);
    expect(augment.stats().meanDistance).to.be.within(0.1, 0.14);
  });

  it('warns when it stays below a third of what was asked', () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      const augment = boomerangAugment({ ...options, distance: { min: 0.9, max: 1 }, tries: 1 });
      for (let epoch = 0; epoch < 3; epoch += 1) {
        augment.setEpoch(epoch);
        turn(augment);
        tf.dispose(augment(tf.sub(1, images)));
      }
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/epoch 0 changed 0 images where about 48/);
  });

  it('does not warn of an epoch whose images are still under way when the next one begins', async () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      const augment = boomerangAugment(options);
      const twice = () => tf.concat([images, tf.sub(1, images)]);
      const made = await Promise.all([0, 1, 2].map((epoch) => augment.async(tf.tidy(twice), { epoch })));
      expect(augment.stats().epochs.map(({ images: count }) => count)).to.deep.equal([48, 48, 48]);
      tf.dispose(made);
    } finally {
      console.warn = warn;
    }
    expect(said).to.deep.equal([]);
  });

  it('trusts labels less the further a variant was thrown, if asked to', () => {
    const given = element();
    const made = boomerangAugment({
      ...options,
      strength: 0.5,
      probability: 0.5,
      labels: 'ys',
      softLabels: { gamma: 2 },
    })(given);
    const changed = share(Array.from(made.xs.dataSync()));
    const soft = made.ys.arraySync() as number[][];
    for (const [n, difference] of changed.entries()) {
      const own = soft[n]?.[classes[n] as number] as number;
      expect(own).to.be.closeTo(difference > 0 ? 1 - 0.25 + 0.125 : 1, 1e-6);
      expect((soft[n]?.[0] as number) + (soft[n]?.[1] as number)).to.be.closeTo(1, 1e-6);
    }
    tf.dispose([given.xs, given.ys, made.xs, made.ys]);
  });

  it('follows schedules of strength and probability, epoch by epoch, and says what was achieved', () => {
    const augment = boomerangAugment({ ...options, strength: ramp(0.2, 0.6), probability: cyclic(0, 1, 2), epochs: 3 });
    for (let epoch = 0; epoch < 3; epoch += 1) {
      augment.setEpoch(epoch);
      turn(augment);
    }
    const { epochs } = augment.stats();
    expect(epochs.map(({ changed }) => changed)).to.deep.equal([0, COUNT, 0]);
    expect(epochs[1]?.meanStrength).to.be.closeTo(0.4, 1e-9);
    expect(epochs[1]).to.include({ epoch: 1, images: COUNT, asked: COUNT, evaluations: 3 * COUNT });
  });

  const everything: [string, Partial<AugmentOptions>][] = [
    ['a range of strengths', { strength: { from: 0.1, to: 0.6 } }],
    ['a mixture of strengths', { strength: [0.25, 0.5, 0.75] }],
    ['a strength for each class', { strength: byClass({ 0: 0.2 }, 0.5), labels: 'ys' }],
    ['a probability', { probability: 0.5 }],
    ['a selection', { select: { share: 0.5 } }],
    ['a bank', { bank: 3 }],
    ['a filter', { strength: 0.7, labels: 'ys', keep: { classifier, minProbability: 0.5 } }],
    ['a distance', { distance: { max: 0.12 } }],
    ['a cache with branches', { eta: 1, reuse: 2, branch: 0.5, cache: memoryCache() }],
    [
      'all at once',
      {
        strength: [0.2, 0.6],
        probability: 0.7,
        labels: 'ys',
        keep: { classifier, topK: 1 },
        eta: 1,
        reuse: 2,
        branch: 0.3,
      },
    ],
  ];
  for (const [name, changes] of everything) {
    it(`with ${name}: the same seed gives the same bytes, in any order and batch, and another seed others`, () => {
      const passes = epochsOf(changes, 3);
      expect(epochsOf(changes, 3)).to.deep.equal(passes);
      expect(epochsOf({ ...changes, seed: 'b' }, 3)).to.not.deep.equal(passes);
      const augment = boomerangAugment({ ...options, ...changes });
      augment.setEpoch(2);
      const order = [17, 4, 9];
      const some = { xs: tf.gather(images, order), ys: tf.gather(labels, order) };
      const made = augment(some);
      order.forEach((place, n) => {
        const alone = made.xs.dataSync().slice(n * 16, (n + 1) * 16);
        expect(largestDifference(alone, passes[2]?.slice(place * 16, (place + 1) * 16) ?? [])).to.be.below(1e-5);
      });
      tf.dispose([some.xs, some.ys, made.xs, made.ys]);
    });

    it(`with ${name}: nothing leaks, also when the network breaks`, async () => {
      await expectNoLeak(() => turn(boomerangAugment({ ...options, ...changes, cache: memoryCache() })));
      const broken = {
        ...model,
        predict: () => {
          throw new Error('broken network');
        },
      };
      await expectNoLeak(() =>
        expect(() =>
          boomerangAugment({ ...options, ...changes, cache: memoryCache(), model: broken })(element()),
        ).to.throw('broken'),
      );
    });
  }

  const refusals: [string, Record<string, unknown>][] = [
    ['unknown-mode', { mode: 'append' }],
    ['bad-bank', { bank: 0 }],
    ['bad-tries', { tries: 1.5 }],
    ['bad-keep', { keep: { classifier, minProbability: 2 }, labels: 'ys' }],
    ['bad-keep', { keep: { classifier, topK: 0 }, labels: 'ys' }],
    ['no-labels', { keep: { classifier, topK: 1 } }],
    ['bad-distance', { distance: { min: 0.5, max: 0.1 } }],
    ['bad-soft-labels', { softLabels: { gamma: 0 }, labels: 'ys' }],
    ['no-labels', { softLabels: { gamma: 1 } }],
    ['bad-label', { conditional: true, labels: 'ys' }],
    ['bad-epochs', { probability: ramp(0, 1) }],
  ];
  for (const [code, changes] of refusals) {
    it(`refuses ${JSON.stringify(changes)}: ${code}`, () => {
      expect(() => boomerangAugment({ ...options, ...changes } as AugmentOptions))
        .to.throw(ArgumentError)
        .with.property('code', code);
    });
  }
});
