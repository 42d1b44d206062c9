import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { ArgumentError } from '../../../src/errors.ts';
import { classical } from '../../../src/transforms/classical/classical.ts';
import type { ClassicalOptions } from '../../../src/transforms/classical/operations.ts';
import { planImage } from '../../../src/transforms/classical/planImage.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

const COUNT = 11;
const SHAPE = [8, 6, 3] as const;
const SIZE = 8 * 6 * 3;
type Labelled = { xs: tf.Tensor; ys: tf.Tensor };
const options = {
  seed: 'a',
  flip: true,
  crop: 2,
  shift: 1,
  rotate: 10,
  brightness: 0.2,
  contrast: 0.3,
  randAugment: { n: 2, magnitude: 5 },
  cutout: 3,
} as const satisfies ClassicalOptions;

/** The images of a pass over a data set, in order. */
const pixels = async (dataset: data.Dataset<tf.TensorContainer>): Promise<number[][]> => {
  const all: number[][] = [];
  await dataset.forEachAsync((element) => {
    const values = Array.from((element as Labelled).xs.dataSync());
    for (let i = 0; i < values.length; i += SIZE) all.push(values.slice(i, i + SIZE));
  });
  return all;
};

const transformLaws = (): void => {
  let images: tf.Tensor4D;
  let source: data.Dataset<tf.TensorContainer>;
  before(() => {
    images = gaussianImages(COUNT, gaussianModel(SHAPE));
    const list = images.arraySync();
    source = data.generator(function* () {
      for (let n = 0; n < COUNT; n += 1) yield { xs: tf.tensor3d(list[n] as number[][][]), ys: tf.scalar(n) };
    }) as data.Dataset<tf.TensorContainer>;
  });
  after(() => images.dispose());

  it('changes images the same mapped, mapped without waiting, prefetched, and batched before or after', async () => {
    const mapped = await pixels(source.map(classical(options)));
    expect(mapped).to.have.lengthOf(COUNT);
    expect(largestDifference(mapped.flat(), images.dataSync())).to.be.above(0.1);
    expect(await pixels(source.mapAsync(classical(options).async))).to.deep.equal(mapped);
    expect(await pixels(source.mapAsync(classical(options).async).prefetch(8))).to.deep.equal(mapped);
    expect(await pixels(source.map(classical(options)).batch(4))).to.deep.equal(mapped);
    expect(await pixels(source.batch(4).map(classical(options)))).to.deep.equal(mapped);
  });

  it('changes images the same in any order and subset, and otherwise with another seed or epoch', async () => {
    const mapped = await pixels(source.map(classical(options)));
    const shuffled = await pixels(source.shuffle(COUNT, 'order').map(classical(options)));
    expect(shuffled.map(String)).to.have.members(mapped.map(String));
    expect(await pixels(source.skip(6).map(classical(options)))).to.deep.equal(mapped.slice(6));
    expect(await pixels(source.map(classical({ ...options, seed: 'b' })))).to.not.deep.equal(mapped);
    const later = classical(options);
    later.setEpoch(1);
    expect(await pixels(source.map(later))).to.not.deep.equal(mapped);
    expect(later.stats()).to.deep.equal({ images: COUNT });
  });

  it('keeps rank, dtype and range, and passes everything else on as the same object', () => {
    const bytes = tf.tidy(() => tf.cast(tf.round(tf.mul(images, 255)), 'int32'));
    const changed = classical(options)(bytes);
    expect(changed).to.include({ dtype: 'int32', rank: 4 });
    const values = changed.dataSync();
    expect(Math.min(...values)).to.be.at.least(0);
    expect(Math.max(...values)).to.be.at.most(255);
    expect(values).to.be.instanceOf(Int32Array);
    const floats = tf.cast(bytes, 'float32');
    const exact = classical({ ...options, range: '0..255' })(floats);
    expect(values).to.deep.equal(tf.tidy(() => Int32Array.from(tf.round(exact).dataSync())));
    tf.dispose([floats, exact]);
    const mirror = classical({ seed: 1, flip: true });
    const mirrored = mirror(bytes).dataSync();
    expect(mirrored.toSorted()).to.deep.equal(bytes.dataSync().toSorted());
    const one = tf.tidy(() => tf.squeeze(tf.slice(images, [0, 0, 0, 0], [1, ...SHAPE]))) as tf.Tensor3D;
    const label = { name: 'boot' };
    const pair = classical(options)([one, label] as const);
    expect(pair[1]).to.equal(label);
    expect(pair[0].shape).to.deep.equal([...SHAPE]);
    const keyed = classical({ ...options, image: 'photo' })({ photo: one, label });
    expect(keyed.label).to.equal(label);
    expect(keyed.photo).to.be.tensorCloseTo(pair[0], 0);
    tf.dispose([bytes, changed, one, pair[0], keyed.photo]);
  });

  it('leaves images alone when nothing is asked for', async () => {
    const asked = classical({ seed: 1 })(images);
    expect(asked.dataSync()).to.deep.equal(images.dataSync());
    asked.dispose();
  });

  it('leaks nothing, and disposes an element that it failed with', async () => {
    await expectNoLeak(() => classical(options)(images).dispose());
    await expectNoLeak(async () => void (await pixels(source.map(classical(options)).batch(5))));
    await expectNoLeak(async () => void (await pixels(source.mapAsync(classical(options).async).prefetch(3))));
    const bad = (): Labelled => ({ xs: tf.fill([...SHAPE], 7), ys: tf.scalar(1) });
    await expectNoLeak(() => expect(() => classical(options)(bad())).to.throw(ArgumentError, /7 to 7/));
    await expectNoLeak(async () => {
      expect(await rejection(classical(options).async(bad()))).to.have.property('code', 'out-of-range');
    });
  });
};

for (const backend of ['wasm', 'cpu']) {
  describe(`classical on ${backend}`, () => {
    before(() => tf.setBackend(backend));
    after(() => tf.setBackend('wasm'));
    transformLaws();
  });
}

describe('classical', () => {
  it('draws what stays within what was asked for, and leaves the other draws as they are', () => {
    const asked = { flip: true, crop: 2, brightness: 0.2, contrast: 0.4 };
    const plans = Array.from({ length: 500 }, (_, n) => planImage(['draws', n], [9, 9, 1], asked));
    const moves = (axis: 2 | 5): number[] => [...new Set(plans.map(({ affine }) => Math.abs(affine[axis])))].sort();
    expect([moves(2), moves(5)]).to.deep.equal([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(plans.filter(({ affine }) => affine[0] < 0).length / 500).to.be.closeTo(0.5, 2.5 / Math.sqrt(500));
    const offsets = plans.map(({ offset }) => Math.abs(offset));
    expect(Math.max(...offsets)).to.be.within(0.19, 0.2);
    const gains = plans.map(({ gain }) => Math.abs(gain - 1));
    expect(Math.max(...gains)).to.be.within(0.38, 0.4);
    const more = planImage(['draws', 0], [9, 9, 1], { ...asked, cutout: 4, rotate: 10 });
    expect(more).to.include({ gain: plans[0]?.gain, offset: plans[0]?.offset });
    expect(planImage(['draws', 0], [9, 9, 1], asked)).to.deep.equal(plans[0]);
  });

  it('draws n random changes, none at magnitude 0 and stronger ones with it', () => {
    const strength = (magnitude: number): number => {
      const plans = Array.from({ length: 200 }, (_, n) =>
        planImage(['random', n], [9, 9, 1], { randAugment: { n: 1, magnitude } }),
      );
      return plans.reduce((sum, { gain, offset }) => sum + Math.abs(gain - 1) + Math.abs(offset), 0);
    };
    expect(strength(0)).to.equal(0);
    expect(strength(8)).to.be.closeTo(2 * strength(4), 1e-9);
    expect(strength(8)).to.be.above(0);
  });

  it('follows the epochs that fitDataset reports', async () => {
    const seen: string[] = [];
    const augment = classical({ seed: 'fit', flip: true, shift: 2 });
    const images = gaussianImages(6, gaussianModel(SHAPE));
    const list = images.arraySync();
    const source = data.generator(function* () {
      for (const image of list) yield { xs: tf.tensor3d(image), ys: tf.scalar(1) };
    });
    const watched = source.map((element) => {
      const changed = augment(element);
      seen.push(changed.xs.dataSync().join());
      return changed;
    });
    const net = layers.sequential({
      layers: [layers.layers.flatten({ inputShape: [...SHAPE] }), layers.layers.dense({ units: 1 })],
    });
    net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await net.fitDataset(watched.batch(3), {
      epochs: 3,
      verbose: 0,
      callbacks: augment.callback() as layers.CustomCallbackArgs,
    });
    expect(augment.stats()).to.deep.equal({ images: 18 });
    expect(new Set(seen).size).to.equal(18);
    net.dispose();
    images.dispose();
  });

  it('warns once, with the remedy, when the epoch stands still', async () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    const images = gaussianImages(2, gaussianModel(SHAPE));
    try {
      const augment = classical(options);
      for (let i = 0; i < 3; i += 1) augment(images).dispose();
      (await classical(options).async(images, { epoch: 4 })).dispose();
    } finally {
      console.warn = warn;
      images.dispose();
    }
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.include('callback()');
  });

  it('knows images by the keys of the caller', () => {
    const [dark, bright] = [tf.fill([...SHAPE], 0.25), tf.fill([...SHAPE], 0.5)];
    const brighten = (keys?: ClassicalOptions['keys']) =>
      classical({ seed: 1, brightness: 0.2, ...(keys ? { keys } : {}) });
    const added = (image: tf.Tensor, keys?: ClassicalOptions['keys']): number =>
      tf.tidy(() => (brighten(keys)(image).dataSync()[0] as number) - (image.dataSync()[0] as number));
    expect(added(dark, () => 'same')).to.be.closeTo(
      added(bright, () => ['same']),
      1e-6,
    );
    expect(added(dark)).to.not.be.closeTo(added(bright), 1e-3);
    expect(() => brighten(() => [1, 2])(tf.clone(dark)))
      .to.throw(ArgumentError)
      .with.property('code', 'bad-keys');
    tf.dispose([dark, bright]);
  });

  const refusals: [string, Record<string, unknown>][] = [
    ['bad-seed', { seed: undefined }],
    ['bad-flip', { flip: 0.5 }],
    ['bad-crop', { crop: 1.5 }],
    ['bad-shift', { shift: -1 }],
    ['bad-rotate', { rotate: 181 }],
    ['bad-brightness', { brightness: Number.NaN }],
    ['bad-contrast', { contrast: 1.1 }],
    ['bad-cutout', { cutout: -1 }],
    ['bad-mixup', { mixup: 0 }],
    ['bad-cutmix', { cutmix: '1' }],
    ['bad-rand-augment', { randAugment: { n: 0, magnitude: 5 } }],
    ['bad-rand-augment', { randAugment: { n: 2, magnitude: 11 } }],
    ['bad-rand-augment', { randAugment: true }],
    ['unknown-fill', { fill: 'white' }],
  ];
  for (const [code, changes] of refusals) {
    it(`refuses ${JSON.stringify(changes)} before an image is seen: ${code}`, () => {
      expect(() => classical({ ...options, ...changes } as ClassicalOptions))
        .to.throw(ArgumentError)
        .with.property('code', code);
    });
  }
});
