import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { memoryCache } from '../../src/caches/cache.ts';
import { ArgumentError } from '../../src/errors.ts';
import { drive } from '../../src/returns/drive.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import { makeTransform } from '../../src/transforms/makeTransform.ts';
import { namesOf } from '../../src/transforms/naming.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

const model = gaussianModel([4, 4, 1]);
const COUNT = 9;
type Labelled = { xs: tf.Tensor; ys: tf.Tensor };
const boomerang = () => boomerangAugment({ model, strength: 0.3, steps: 2, seed: 'a' });
const usual = () => classical({ seed: 'a', flip: true, shift: 1, brightness: 0.1 });
const both = () => compose(boomerang(), usual());

/** The images of a pass over a data set, in order. */
const pixels = async (dataset: data.Dataset<tf.TensorContainer>): Promise<number[][]> => {
  const all: number[][] = [];
  await dataset.forEachAsync((element) => {
    const values = Array.from((element as Labelled).xs.dataSync());
    for (let i = 0; i < values.length; i += 16) all.push(values.slice(i, i + 16));
  });
  return all;
};

const laws = (): void => {
  let images: tf.Tensor4D;
  let source: data.Dataset<tf.TensorContainer>;
  before(() => {
    images = gaussianImages(COUNT, model);
    const list = images.arraySync();
    source = data.generator(function* () {
      for (let n = 0; n < COUNT; n += 1) {
        yield { xs: tf.tensor3d(list[n] as number[][][]), ys: tf.tensor1d([n % 2, 1 - (n % 2)]) };
      }
    }) as data.Dataset<tf.TensorContainer>;
  });
  after(() => images.dispose());

  it('makes the same of an image mapped, without waiting, prefetched, and in batches of any size', async () => {
    const mapped = await pixels(source.map(both()));
    expect(mapped).to.have.lengthOf(COUNT);
    expect(await pixels(source.mapAsync(both().async))).to.deep.equal(mapped);
    expect(await pixels(source.mapAsync(both().async).prefetch(4))).to.deep.equal(mapped);
    for (const size of [2, 5]) {
      const batched = await pixels(source.batch(size).map(both()));
      expect(largestDifference(batched.flat(), mapped.flat())).to.be.below(1e-5);
    }
  });

  it('draws for the image that came in, though a transform before rounds otherwise in every batch', () => {
    const rounding = (by: number) =>
      makeTransform<null>({
        kind: 'rounding',
        naming: {},
        keepsImages: false,
        *change(element, { names }) {
          return { element: tf.add(element as tf.Tensor, by), names: names ?? (yield* namesOf({}, element)) };
        },
        stats: () => null,
        state: () => ({}),
        restore() {},
      });
    const after = (by: number): tf.Tensor => compose(rounding(by), usual())(images);
    const [plain, rounded] = [after(0), after(1e-6)];
    expect(rounded).to.be.tensorCloseTo(plain, 1e-5);
    tf.dispose([plain, rounded]);
  });

  it('passes elements through each in turn, in the epoch that is set, and says what each of them says', async () => {
    const composed = both();
    const [first, second] = [boomerang(), usual()];
    for (const one of [composed, first, second]) one.setEpoch(3);
    const passed = composed(images);
    const between = first(images);
    const names = await second.namesOf(images);
    const keyed = drive(second.stage.change(between, { epoch: 3, names })).element as tf.Tensor;
    expect(passed).to.be.tensorCloseTo(keyed, 0);
    const [boomerangs, classicals] = composed.stats();
    const later = await both().async(images, { epoch: 3 });
    expect(later).to.be.tensorCloseTo(passed, 0);
    later.dispose();
    expect(boomerangs).to.include({ images: COUNT, changed: COUNT });
    expect(classicals).to.deep.equal({ images: COUNT });
    tf.dispose([passed, between, keyed]);
  });

  it('passes labels on as the same objects unless they are mixed', () => {
    const [label, ys] = [{ name: 'boot' }, tf.ones([COUNT, 2])];
    const kept = both()([images, label, ys] as const);
    expect(kept[1]).to.equal(label);
    expect(kept[2]).to.equal(ys);
    const mixed = compose(boomerang(), classical({ seed: 1, mixup: 1 }))({ xs: images, ys, label });
    expect(mixed.label).to.equal(label);
    expect(mixed.ys).to.not.equal(ys);
    expect(mixed.ys).to.be.tensorCloseTo(ys, 1e-6);
    tf.dispose([kept, mixed]);
  });

  it('leaks nothing, within the tidy of a data set and outside of it, however it ends', async () => {
    const three = () => compose(usual(), boomerang(), classical({ seed: 1, cutmix: 1 }));
    const element = () => ({ xs: tf.clone(images), ys: tf.ones([COUNT, 2]) });
    await expectNoLeak(() => {
      const from = element();
      tf.dispose([from, three()(from)]);
    });
    await expectNoLeak(async () => {
      const from = element();
      tf.dispose([from, await three().async(from)]);
    });
    await expectNoLeak(async () => void (await pixels(source.batch(3).map(three()))));
    await expectNoLeak(async () => void (await pixels(source.batch(3).mapAsync(three().async).prefetch(2))));
    const bad = () => ({ xs: tf.clone(images), ys: tf.ones([COUNT]) });
    await expectNoLeak(() => expect(() => three()(bad())).to.throw(ArgumentError, /class shares/));
    await expectNoLeak(async () => {
      expect(await rejection(three().async(bad()))).to.have.property('code', 'bad-labels');
    });
  });
};

for (const backend of ['wasm', 'cpu']) {
  describe(`compose on ${backend}`, () => {
    before(() => tf.setBackend(backend));
    after(() => tf.setBackend('wasm'));
    laws();
  });
}

describe('compose', () => {
  it('tells every transform of the epochs of fitDataset, and their ends', async () => {
    const heard: string[] = [];
    const listener = () => {
      const endEpoch = async (logs: Readonly<Record<string, number>> = {}) => {
        heard.push(typeof logs['loss']);
      };
      return Object.assign(usual(), { endEpoch });
    };
    const augment = compose(boomerang(), listener());
    const list = Array.from({ length: 4 }, (_, n) => n);
    const dataset = data.array(list).map((n) => ({ xs: tf.fill([4, 4, 1], 0.4 + 0.02 * n), ys: tf.scalar(n) }));
    const net = layers.sequential({
      layers: [layers.layers.flatten({ inputShape: [4, 4, 1] }), layers.layers.dense({ units: 1 })],
    });
    net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await net.fitDataset(dataset.map(augment).batch(2), {
      epochs: 2,
      verbose: 0,
      callbacks: augment.callback() as layers.CustomCallbackArgs,
    });
    const [boomerangs, classicals] = augment.stats();
    expect(boomerangs.epochs.map(({ epoch, images }) => [epoch, images])).to.deep.equal([
      [0, 4],
      [1, 4],
    ]);
    expect(classicals).to.deep.equal({ images: 8 });
    expect(heard).to.deep.equal(['number', 'number']);
    net.dispose();
  });

  it('refuses to be made of nothing', () => {
    expect(() => compose())
      .to.throw(ArgumentError)
      .with.property('code', 'bad-compose');
  });

  it('takes transforms in any order: each draws for the image that came in', async () => {
    const images = gaussianImages(COUNT, model);
    const records: string[] = [];
    const spying = () =>
      boomerangAugment({
        model,
        strength: 0.3,
        steps: 2,
        seed: 'a',
        onVariant: ({ key }) => records.push(String(key)),
      });
    const names = (await usual().namesOf(images)).map(String);
    for (const order of [compose(spying(), usual()), compose(usual(), spying()), compose(usual(), spying(), usual())]) {
      records.length = 0;
      order.setEpoch(2);
      const made = order(images);
      expect(records).to.deep.equal(names);
      const tail = order(tf.tidy(() => tf.slice(images, [3, 0, 0, 0], [2, 4, 4, 1])));
      expect(tail).to.be.tensorCloseTo(tf.slice(made, [3, 0, 0, 0], [2, 4, 4, 1]), 1e-5);
      tf.dispose([made, tail]);
    }
    images.dispose();
  });

  it('names images by the keys of whichever part has them, and refuses two ways to name', async () => {
    const keys = () => Array.from({ length: COUNT }, (_, n) => `image ${n}`);
    const keyed = classical({ seed: 'a', flip: true, keys });
    const images = gaussianImages(COUNT, model);
    expect(await compose(boomerang(), keyed).namesOf(images)).to.deep.equal(keys());
    expect(() => compose(keyed, classical({ seed: 'b', keys: () => [1] })))
      .to.throw(ArgumentError, /other keys/)
      .with.property('code', 'bad-compose');
    images.dispose();
  });

  it('refuses what keeps something of images behind what changes them, and what is no transform', () => {
    const options = { model, strength: 0.3, seed: 'a' };
    for (const keeping of [{ bank: 2 }, { reuse: 2, eta: 1 }, { cache: memoryCache() }]) {
      expect(() => compose(usual(), boomerangAugment({ ...options, ...keeping })))
        .to.throw(ArgumentError, /put it first/)
        .with.property('code', 'bad-compose');
      compose(boomerangAugment({ ...options, ...keeping }), usual());
    }
    expect(() => compose(((x: unknown) => x) as never))
      .to.throw(ArgumentError, /a function/)
      .with.property('code', 'bad-compose');
  });
});
