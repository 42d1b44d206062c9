import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { memoryBank } from '../../src/caches/bank.ts';
import { memoryCache } from '../../src/caches/cache.ts';
import { ArgumentError } from '../../src/errors.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile } from '../support/said.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

describe('a bank', () => {
  const model = gaussianModel([8, 8, 1]);
  const options = { model, seed: 'a', strength: 0.4, steps: 2, bank: 3 } satisfies AugmentOptions;
  const batch = (from: number, count: number): tf.Tensor4D =>
    tf.tidy(() => {
      const images = gaussianImages(1, model);
      const shifts = tf.reshape(tf.range(from, from + count), [count, 1, 1, 1]);
      return tf.clipByValue(tf.add(tf.mul(images, 0.5), tf.div(shifts, 1e5)), 0, 1) as tf.Tensor4D;
    });

  it('never makes a variant twice, of however many images: what a cache of its size would forget, it keeps', () => {
    const augment = boomerangAugment(options);
    const [count, group] = [4000, 500];
    const before = model.asked.images;
    for (let epoch = 0; epoch < 12; epoch += 1) {
      augment.setEpoch(epoch);
      for (let from = 0; from < count; from += group) {
        const images = batch(from, group);
        tf.dispose([images, augment(images)]);
      }
    }
    const { entries, bytes, evaluations } = augment.stats();
    expect(entries).to.be.at.most(count * 3);
    expect(evaluations).to.equal(entries * 2);
    expect(model.asked.images - before).to.equal(entries * 2);
    expect(bytes).to.equal(entries * 64 * 4); // variants alone: no throw is kept beside them
    expect(augment.bankNeeds(count)).to.equal(count * 3 * 64 * 4);
  });

  it('is refused before anything is made where it needs more than it may hold', async () => {
    const bank = memoryBank({ variants: 3, maxBytes: 3 * 64 * 4 * 9 });
    const asked = model.asked.images;
    const dataset = data.array([0]).map(() => batch(0, 10)) as unknown as data.Dataset<tf.TensorContainer>;
    Object.assign(dataset, { size: 1 });
    await expectNoLeak(async () => {
      const error = await rejection(boomerangAugment({ ...options, bank }).fillBank(dataset));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'bank-full');
    });
    expect(model.asked.images).to.equal(asked);
  });

  it('says once what it needs, before the first variant is made', () => {
    const told: string[] = [];
    const { info } = console;
    console.info = (text: string) => told.push(text);
    try {
      const asked = model.asked.images;
      const bank = memoryBank({ variants: 3, maxBytes: 2 ** 20 });
      const augment = boomerangAugment({ ...options, bank, onVariant: () => expect(told).to.have.lengthOf(1) });
      for (const epoch of [0, 1]) {
        augment.setEpoch(epoch);
        const images = batch(0, 4);
        tf.dispose([images, augment(images)]);
      }
      expect(model.asked.images).to.be.above(asked);
    } finally {
      console.info = info;
    }
    expect(told).to.have.lengthOf(1);
    expect(told[0]).to.match(/3 variants of every 1000 images needs 0\.732 MiB, and may hold 1\.0 MiB/);
  });

  it('says that it is full, and forgets nothing, where nobody could know beforehand', () => {
    const bank = memoryBank({ variants: 3, maxBytes: 64 * 4 * 5 });
    const images = batch(0, 10);
    expect(() => boomerangAugment({ ...options, bank })(tf.clone(images))).to.throw(ArgumentError, /holds 5 variants/);
    expect(bank.stats()).to.deep.equal({ entries: 5, bytes: 64 * 4 * 5 });
    images.dispose();
  });

  it('keeps variants and no verdicts: another classifier judges the same variants anew', () => {
    const images = batch(0, 6);
    const ys = tf.zeros([6], 'int32');
    const always = (share: number) => (some: tf.Tensor4D) => tf.fill([some.shape[0], 2], share);
    const bank = memoryBank({ variants: 2 });
    const run = (share: number) => {
      const keep = { classifier: always(share), minProbability: 0.5 };
      const augment = boomerangAugment({ ...options, bank, labels: 'ys', keep });
      const made = augment({ xs: images, ys });
      if (made.xs !== images) made.xs.dispose();
      return augment.stats();
    };
    expect(run(0)).to.include({ changed: 0, gaveUp: 6 });
    const asked = model.asked.images;
    expect(run(1)).to.include({ changed: 6, gaveUp: 0, evaluations: 0 });
    expect(run(0)).to.include({ changed: 0, gaveUp: 6, evaluations: 0 });
    expect(model.asked.images).to.equal(asked);
    tf.dispose([images, ys]);
  });

  it('tries variants beyond its own when one does not pass, and no other variant of the bank', () => {
    const images = batch(0, 6);
    const tried: number[] = [];
    const augment = boomerangAugment({
      ...options,
      distance: { min: 0.9 },
      tries: 3,
      onVariant: ({ variant }) => tried.push(variant),
    });
    augment(images); // all stay as they are: the same object comes back
    const firsts = tried.slice(0, 6);
    expect(tried.slice(6)).to.deep.equal([...firsts.map((one) => one + 3), ...firsts.map((one) => one + 6)]);
    images.dispose();
  });

  it('says that a cache and reuse beside it are not used, and asks neither', async () => {
    const cache = memoryCache();
    const images = batch(0, 4);
    const said = await saidWhile(() => {
      boomerangAugment({ ...options, cache, reuse: 2 })(tf.clone(images)).dispose();
    });
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/cache and reuse is not used beside a bank/);
    expect(cache.stats()).to.deep.equal({ hits: 0, misses: 0, entries: 0, bytes: 0 });
    images.dispose();
  });

  it('gives the copies of an epoch different variants, and refuses more copies than it has', async () => {
    const source = data.array([0, 1, 2]).map((n) => tf.squeeze(batch(n, 1), [0])) as unknown as data.Dataset<tf.Tensor>;
    const appended = augmentDataset(source as never, { ...options, mode: 'append', copies: 3 });
    for (let epoch = 0; epoch < 4; epoch += 1) {
      const seen: string[] = [];
      await appended.forEachAsync((image) => {
        seen.push((image as unknown as tf.Tensor).dataSync().join());
      });
      expect(seen).to.have.lengthOf(12);
      expect(new Set(seen).size).to.equal(12);
    }
    expect(appended.stats()).to.include({ entries: 9 });
    expect(() => augmentDataset(source as never, { ...options, mode: 'append', copies: 4 }))
      .to.throw(ArgumentError, /bank of 3 .* 4 different/)
      .with.property('code', 'bad-copies');
  });
});
