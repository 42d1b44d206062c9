import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { ArgumentError } from '../../../src/errors.ts';
import { ramp } from '../../../src/schedules/schedules.ts';
import { augmentDataset } from '../../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

const model = gaussianModel();
const COUNT = 12;
const options = { model, strength: 0.4, steps: 3, seed: 'a' } as const satisfies AugmentOptions;
type Labelled = { xs: tf.Tensor; ys: tf.Tensor };

/** The images of a pass over a data set, in order. */
const pixels = async (dataset: data.Dataset<tf.TensorContainer>): Promise<number[][]> => {
  const all: number[][] = [];
  await dataset.forEachAsync((element) => {
    const { xs } = element as Labelled;
    const values = Array.from(xs.dataSync());
    for (let i = 0; i < values.length; i += 16) all.push(values.slice(i, i + 16));
  });
  return all;
};

describe('boomerangAugment', () => {
  let images: tf.Tensor4D;
  let source: data.Dataset<tf.TensorContainer>;
  before(() => {
    images = gaussianImages(COUNT, model);
    const list = images.arraySync();
    source = data.generator(function* () {
      for (let n = 0; n < COUNT; n += 1) yield { xs: tf.tensor3d(list[n] as number[][][]), ys: tf.scalar(n % 2) };
    }) as data.Dataset<tf.TensorContainer>;
    Object.assign(source, { size: COUNT });
  });
  after(() => images.dispose());

  it('makes the same variants mapped, mapped without waiting, prefetched, batched before and batched after', async () => {
    const mapped = await pixels(source.map(boomerangAugment(options)));
    expect(mapped).to.have.lengthOf(COUNT);
    expect(await pixels(source.mapAsync(boomerangAugment(options).async))).to.deep.equal(mapped);
    expect(await pixels(source.mapAsync(boomerangAugment(options).async).prefetch(8))).to.deep.equal(mapped);
    expect(await pixels(source.map(boomerangAugment(options)).batch(5))).to.deep.equal(mapped);
    const batched = await pixels(source.batch(5).map(boomerangAugment(options)));
    expect(largestDifference(batched.flat(), mapped.flat())).to.be.below(1e-5);
  });

  it('makes the same variants whatever the order and the subset', async () => {
    const mapped = await pixels(source.map(boomerangAugment(options)));
    const shuffled = await pixels(source.shuffle(COUNT, 'order').map(boomerangAugment(options)));
    const text = (image: number[]): string => image.join();
    expect(shuffled.map(text)).to.not.deep.equal(mapped.map(text));
    expect(shuffled.map(text)).to.have.members(mapped.map(text));
    const some = await pixels(source.skip(7).map(boomerangAugment(options)));
    expect(some).to.deep.equal(mapped.slice(7));
  });

  it('takes tensors of rank 3 and 4, arrays, and objects with the images at any key', () => {
    const augment = boomerangAugment(options);
    const batch = augment(images);
    const one = tf.tidy(() => tf.reshape(tf.slice(images, [0, 0, 0, 0], [1, 4, 4, 1]), [4, 4, 1])) as tf.Tensor3D;
    const alone = augment(one);
    expect(alone.shape).to.deep.equal([4, 4, 1]);
    expect(batch.shape).to.deep.equal(images.shape);
    expect(largestDifference(alone.dataSync(), batch.dataSync().slice(0, 16))).to.be.below(1e-5);
    const label = { name: 'boot' };
    const pair = augment([one, label] as const);
    expect(pair[1]).to.equal(label);
    expect(pair[0]).to.be.tensorCloseTo(alone, 1e-7);
    const keyed = boomerangAugment({ ...options, image: 'photo' })({ photo: one, label });
    expect(keyed.label).to.equal(label);
    expect(keyed.photo).to.be.tensorCloseTo(alone, 1e-7);
    tf.dispose([batch, one, alone, pair[0], keyed.photo]);
  });

  it('changes about a share `probability` of the images, others each epoch, and leaves the rest untouched', async () => {
    const many = gaussianImages(400, model);
    const augment = boomerangAugment({ ...options, probability: 0.3 });
    const original = await many.data();
    const changedIn = (epoch: number): boolean[] => {
      augment.setEpoch(epoch);
      const result = augment(many);
      const values = result.dataSync();
      result.dispose();
      return Array.from({ length: 400 }, (_, n) => {
        const [was, is] = [original, values].map((all) => all.slice(n * 16, (n + 1) * 16));
        return largestDifference(was as Float32Array, is as Float32Array) > 0;
      });
    };
    const [first, second] = [changedIn(0), changedIn(1)];
    const share = first.filter(Boolean).length / 400;
    expect(share).to.be.closeTo(0.3, (5 * Math.sqrt(0.21)) / Math.sqrt(400));
    expect(first).to.not.deep.equal(second);
    expect(changedIn(0)).to.deep.equal(first);
    expect(augment.stats()).to.include({ images: 1200 });
    expect(augment.stats().changed).to.equal(2 * first.filter(Boolean).length + second.filter(Boolean).length);
    many.dispose();
  });

  it('gives back the very element when no image of it is changed', () => {
    const augment = boomerangAugment({ ...options, probability: 0 });
    expect(augment(images)).to.equal(images);
    expect(boomerangAugment({ ...options, strength: 0 })(images)).to.equal(images);
  });

  it('follows the strength schedule over the epochs that fitDataset reports', async () => {
    for (const list of [false, true]) {
      const asked: number[] = [];
      const strength = (progress: number): number => {
        asked.push(progress);
        return 0.1 + 0.2 * progress;
      };
      const augment = boomerangAugment({ ...options, strength, epochs: 3 });
      const net = layers.sequential({
        layers: [layers.layers.flatten({ inputShape: [4, 4, 1] }), layers.layers.dense({ units: 1 })],
      });
      net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const stop = layers.callbacks.earlyStopping({ monitor: 'loss', patience: 10 });
      await net.fitDataset(source.map(augment).batch(4) as data.Dataset<Labelled>, {
        epochs: 3,
        verbose: 0,
        callbacks: (list ? [stop, augment.callback()] : augment.callback()) as layers.CustomCallbackArgs,
      });
      expect([...new Set(asked)]).to.deep.equal([0, 0.5, 1]);
      expect(augment.stats()).to.include({ images: 3 * COUNT, changed: 3 * COUNT, evaluations: 9 * COUNT });
      net.dispose();
    }
  });

  it('warns once, with the remedy, when the epoch stands still', () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      const augment = boomerangAugment(options);
      for (let i = 0; i < 3; i += 1) augment(images).dispose();
      augment.setEpoch(7);
      augment(images).dispose();
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.lengthOf(1);
    expect(said[0])
      .to.match(/twice in epoch 0/)
      .and.to.include('augment.callback()');
  });

  it('leaks nothing, and disposes an element whose transform failed', async () => {
    await expectNoLeak(() => boomerangAugment(options)(images).dispose());
    await expectNoLeak(async () => void (await pixels(source.map(boomerangAugment(options)).batch(5))));
    await expectNoLeak(async () => void (await pixels(source.mapAsync(boomerangAugment(options).async).prefetch(3))));
    const bad = (): Labelled => ({ xs: tf.fill([4, 4, 1], 7), ys: tf.scalar(1) });
    await expectNoLeak(() => expect(() => boomerangAugment(options)(bad())).to.throw(ArgumentError, /7 to 7/));
    await expectNoLeak(async () => {
      let code = '';
      await boomerangAugment(options)
        .async(bad())
        .catch((error) => {
          code = error.code;
        });
      expect(code).to.equal('out-of-range');
    });
  });

  it('ends at the next step when it is aborted', async () => {
    const abort = new AbortController();
    const augment = boomerangAugment({ ...options, steps: 3000, signal: abort.signal });
    const before = model.asked.calls;
    await expectNoLeak(async () => {
      const work = augment.async(tf.clone(images));
      setTimeout(() => abort.abort(new Error('stop')), 5);
      let message = '';
      await work.catch((error) => {
        message = error.message;
      });
      expect(message).to.equal('stop');
    });
    expect(model.asked.calls - before).to.be.below(3000);
  });

  const refusals: [string, Record<string, unknown>][] = [
    ['bad-seed', { seed: Number.NaN }],
    ['bad-probability', { probability: 1.5 }],
    ['bad-probability', { probability: Number.NaN }],
    ['bad-branch', { branch: 1 }],
    ['bad-reuse', { reuse: 0, eta: 1 }],
    ['bad-reuse', { reuse: 2 }],
    ['bad-epochs', { strength: ramp(0, 1) }],
    ['bad-strength', { strength: -0.1 }],
    ['unknown-solver', { solver: 'plms' }],
  ];
  for (const [code, changes] of refusals) {
    it(`refuses ${JSON.stringify(changes)} before an image is seen: ${code}`, () => {
      expect(() => boomerangAugment({ ...options, ...changes } as AugmentOptions))
        .to.throw(ArgumentError)
        .with.property('code', code);
    });
  }

  it('says which keys an element has when the images are not where they should be', () => {
    expect(() => boomerangAugment(options)({ photo: tf.zeros([4, 4, 1]), id: 3 })).to.throw(
      ArgumentError,
      /"xs".*photo, id/,
    );
    expect(() => boomerangAugment(options)([3, tf.zeros([1])])).to.throw(ArgumentError, /number/);
    expect(() => boomerangAugment(options)(tf.zeros([4, 4]))).to.throw(ArgumentError, /\[4,4\]/);
  });
});

describe('augmentDataset', () => {
  const images = (): data.Dataset<tf.TensorContainer> =>
    data.array(Array.from({ length: 6 }, (_, n) => n)).map((n) => ({
      xs: tf.fill([4, 4, 1], 0.4 + 0.02 * (n as number)),
      ys: tf.scalar(n as number),
    })) as data.Dataset<tf.TensorContainer>;

  it('keeps size and order, and makes every pass another epoch', async () => {
    const augmented = augmentDataset(images(), options);
    expect(augmented.size).to.equal(6);
    const [first, second] = [await pixels(augmented), await pixels(augmented)];
    const augment = boomerangAugment(options);
    expect(first).to.deep.equal(await pixels(images().map(augment)));
    augment.setEpoch(1);
    expect(second).to.deep.equal(await pixels(images().map(augment)));
    expect(augmented.stats()).to.include({ images: 12, changed: 12 });
  });

  it('does not count an iterator that nobody reads, as fitDataset opens one', async () => {
    const augmented = augmentDataset(images(), options);
    await augmented.iterator();
    expect(await pixels(augmented)).to.deep.equal(await pixels(images().map(boomerangAugment(options))));
  });

  it('gives the same with elements under way in parallel', async () => {
    const plain = await pixels(augmentDataset(images(), options));
    expect(await pixels(augmentDataset(images(), options).prefetch(4))).to.deep.equal(plain);
    await expectNoLeak(async () => void (await pixels(augmentDataset(images(), options).prefetch(4))));
  });
});
