import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../../src/errors.ts';
import type { SeedPath } from '../../../src/random.ts';
import type { ImageShape } from '../../../src/tensors/noise.ts';
import { symmetricBeta } from '../../../src/transforms/classical/beta.ts';
import { areaOf } from '../../../src/transforms/classical/boxes.ts';
import { classical } from '../../../src/transforms/classical/classical.ts';
import { type MixPlan, mixImages, mixLabels, planMixes } from '../../../src/transforms/classical/mix.ts';
import type { ClassicalOptions } from '../../../src/transforms/classical/operations.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';
import { describeTfjsNode } from '../../support/tfjsNode.ts';

const SHAPE: ImageShape = [6, 5, 2];
const COUNT = 5;
const paths = Array.from({ length: COUNT }, (_, n): SeedPath => ['mix test', n]);
const oneHot = (): tf.Tensor2D => tf.oneHot(tf.range(0, COUNT, 1, 'int32'), COUNT) as tf.Tensor2D;

/** Mixing, written out: the label shares follow from how many pixels came from whom. */
const mixed = (images: number[][][][], plans: readonly MixPlan[]): number[] =>
  images.flatMap((image, n) =>
    image.flatMap((row, r) =>
      row.flatMap((pixel, c) =>
        pixel.map((value, channel) => {
          const { partner, share, box } = plans[n] as MixPlan;
          const other = images[partner]?.[r]?.[c]?.[channel] as number;
          if (!box) return value * share + other * (1 - share);
          return r >= box.top && r < box.bottom && c >= box.left && c < box.right ? other : value;
        }),
      ),
    ),
  );

const laws = (): void => {
  for (const operations of [{ mixup: 0.4 }, { cutmix: 1 }, { mixup: 0.4, cutmix: 1 }]) {
    it(`mixes images and labels by their plans as written out: ${JSON.stringify(operations)}`, () => {
      const plans = planMixes(paths, SHAPE, operations);
      const images = gaussianImages(COUNT, gaussianModel(SHAPE));
      const got = tf.tidy(() => mixImages(images, plans).dataSync());
      expect(largestDifference(got, mixed(images.arraySync(), plans))).to.be.below(1e-6);
      const labels = tf.tidy(() => mixLabels(oneHot(), plans).arraySync()) as number[][];
      labels.forEach((row, n) => {
        const { partner, share } = plans[n] as MixPlan;
        const expected = new Array(COUNT).fill(0);
        expected[n] = share;
        expected[partner] += 1 - share;
        expect(largestDifference(row, expected)).to.be.below(1e-6);
      });
      images.dispose();
    });
  }

  it('changes nothing where all images and labels are equal, and keeps label rows summing to 1', () => {
    const same = { xs: tf.fill([3, ...SHAPE], 0.3), ys: tf.fill([3, 4], 0.25) };
    const mix = classical({ seed: 1, mixup: 0.5, cutmix: 1, keys: () => [1, 2, 3] });
    const { xs, ys } = mix(same);
    expect(xs).to.be.tensorCloseTo(same.xs, 1e-7);
    expect(ys).to.be.tensorCloseTo(same.ys, 1e-7);
    tf.dispose([same, xs, ys]);
  });

  it('gives an image in a batch of the same others the same pixels and labels, whatever their order', () => {
    const images = gaussianImages(COUNT, gaussianModel(SHAPE));
    const mix = (order: number[]): number[][] =>
      tf.tidy(() => {
        const places = tf.tensor1d(order, 'int32');
        const element = { xs: tf.gather(images, places), ys: tf.gather(tf.cast(oneHot(), 'float32'), places) };
        const { xs, ys } = classical({ seed: 1, flip: true, mixup: 0.3, cutmix: 1 })(element);
        const rows = tf.concat([tf.reshape(xs, [COUNT, -1]), ys], 1).arraySync() as number[][];
        return order.map((_, n) => rows[order.indexOf(n)] as number[]);
      });
    expect(mix([3, 1, 4, 0, 2])).to.deep.equal(mix([0, 1, 2, 3, 4]));
    images.dispose();
  });

  it('keeps the dtype of images, makes labels float32, and leaves an image alone in its batch as it is', () => {
    const bytes = tf.fill([1, ...SHAPE], 200, 'int32');
    const ys = tf.oneHot(tf.tensor1d([1], 'int32'), 3);
    const element = classical({ seed: 1, cutmix: 1 })([bytes, ys, 'more'] as const);
    expect(element[0]).to.include({ dtype: 'int32' });
    expect(element[0]).to.be.tensorCloseTo(bytes, 0);
    expect(element[1]).to.include({ dtype: 'float32' });
    expect(Array.from(element[1].dataSync())).to.deep.equal([0, 1, 0]);
    expect(element[2]).to.equal('more');
    tf.dispose([bytes, ys, element]);
  });

  it('leaks nothing, also when labels cannot be mixed', async () => {
    const element = () => ({ xs: tf.zeros([2, ...SHAPE]), ys: tf.ones([2, 3]) });
    const mix = classical({ seed: 1, mixup: 1, keys: () => [1, 2] });
    await expectNoLeak(async () => {
      const [now, later] = [element(), element()];
      tf.dispose([now, mix(now), later, await mix.async(later, { epoch: 3 })]);
    });
    await expectNoLeak(() => {
      const bad = { xs: tf.zeros([2, ...SHAPE]), ys: tf.ones([2]) };
      expect(() => classical({ seed: 1, mixup: 1 })(bad)).to.throw(ArgumentError, /float32 of shape \[2\]/);
    });
  });
};

for (const backend of ['wasm', 'cpu']) {
  describe(`mixup and cutmix on ${backend}`, () => {
    before(() => tf.setBackend(backend));
    after(() => tf.setBackend('wasm'));
    laws();
  });
}
describeTfjsNode('mixup and cutmix', laws);

describe('plans of mixup and cutmix', () => {
  it('make everybody a partner once, and nobody their own', () => {
    const plans = planMixes(paths, SHAPE, { mixup: 1 });
    expect(new Set(plans.map(({ partner }) => partner)).size).to.equal(COUNT);
    plans.forEach(({ partner }, n) => {
      expect(partner).to.not.equal(n);
    });
  });

  it('count as share of a label the pixels that remain', () => {
    const many = Array.from({ length: 300 }, (_, n): SeedPath => ['areas', n]);
    const plans = planMixes(many, SHAPE, { cutmix: 1 });
    for (const { share, box } of plans) expect(share).to.equal(1 - areaOf(box as NonNullable<typeof box>) / 30);
    expect(new Set(plans.map(({ share }) => share)).size).to.be.above(10);
  });

  it('choose between both about half of the time', () => {
    const many = Array.from({ length: 400 }, (_, n): SeedPath => ['both', n]);
    const boxes = planMixes(many, SHAPE, { mixup: 1, cutmix: 1 }).filter(({ box }) => box).length;
    expect(boxes / 400).to.be.closeTo(0.5, 2.5 / Math.sqrt(400));
  });

  for (const alpha of [0.2, 1, 4]) {
    it(`draw shares from Beta(${alpha}, ${alpha}), by its mean and variance`, () => {
      const count = 4000;
      const shares = Array.from({ length: count }, (_, n) => symmetricBeta(alpha, ['beta', n]));
      const variance = 1 / (4 * (2 * alpha + 1));
      const mean = shares.reduce((sum, share) => sum + share, 0) / count;
      const spread = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / count;
      expect(mean).to.be.closeTo(0.5, 5 * Math.sqrt(variance / count));
      expect(spread).to.be.closeTo(variance, (5 * 0.25) / Math.sqrt(count) / 2);
      expect(Math.min(...shares)).to.be.at.least(0);
      expect(Math.max(...shares)).to.be.at.most(1);
    });
  }

  const batch = (): { xs: tf.Tensor; ys: tf.Tensor } => ({ xs: tf.zeros([2, ...SHAPE]), ys: tf.zeros([2, 3]) });
  const refusals: [string, () => tf.TensorContainer, Partial<ClassicalOptions>][] = [
    ['needs-batch', () => ({ xs: tf.zeros([...SHAPE]), ys: tf.zeros([3]) }), {}],
    ['no-labels', () => tf.zeros([2, ...SHAPE]), {}],
    ['no-labels', batch, { labels: 'classes' }],
    ['bad-labels', () => ({ ...batch(), ys: tf.tensor1d([1, 0], 'int32') }), {}],
    ['bad-labels', () => ({ ...batch(), ys: tf.zeros([3, 2]) }), {}],
  ];
  for (const [code, element, changes] of refusals) {
    it(`are refused with ${code} where they cannot be carried out`, () =>
      tf.tidy(() => {
        expect(() => classical({ seed: 1, mixup: 1, ...changes })(element()))
          .to.throw(ArgumentError)
          .with.property('code', code);
      }));
  }
});
