import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Embedder, embedAll } from '../../../src/apps/anonymise/embedder.ts';
import { blur } from '../../../src/apps/anonymise/plain.ts';
import { type Utility, type UtilityOptions, utilityOf } from '../../../src/apps/anonymise/utility.ts';
import { ArgumentError, NumericError } from '../../../src/errors.ts';
import { uniformStream } from '../../../src/random.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const COUNT = 40;
const noise = (name: string, count = COUNT): tf.Tensor4D => {
  const next = uniformStream([name]);
  return tf.tensor4d(Float32Array.from({ length: count * 64 }, next), [count, 8, 8, 1]);
};
const brightness = (images: tf.Tensor4D): tf.Tensor1D => tf.tidy(() => tf.mean(images, [1, 2, 3]) as tf.Tensor1D);

/** Tells how bright an image is as an age, in words, and in a unit of its own; finds nobody in the dark. */
const judge: Embedder = async (images) => {
  const means = brightness(images);
  const rows = (await images.array()).map((image) => image.flat(2));
  const light = await means.data();
  means.dispose();
  return rows.map((vector, n) => {
    const value = light[n] as number;
    if (value < 0.1) return null;
    return { vector, attributes: { mood: value > 0.5 ? 'bright' : 'dim', light: value, age: 100 * value } };
  });
};
/** Two classes: darker and brighter than half. */
const classify = (images: tf.Tensor4D): tf.Tensor2D =>
  tf.tidy(() => tf.stack([tf.fill([images.shape[0]], 0.5), tf.mean(images, [1, 2, 3])], 1) as tf.Tensor2D);

const utility = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  options: Partial<UtilityOptions> = {},
): Promise<Utility> => {
  try {
    const before = await embedAll(originals, judge, 'originals');
    const after = await embedAll(copies, judge, 'copies');
    return await utilityOf(originals, copies, { before, after, ...options });
  } finally {
    tf.dispose([originals, copies]);
  }
};
const levels = (values: readonly number[]): tf.Tensor4D =>
  tf.tidy(() => tf.tile(tf.tensor4d([...values], [values.length, 1, 1, 1]), [1, 8, 8, 1]));

describe('utilityOf', () => {
  it('loses nothing in copies that are the originals', () =>
    expectNoLeak(async () => {
      const { attributes, ...seen } = await utility(noise('a'), noise('a'), { classify });
      expect(seen).to.deep.include({ images: COUNT, distance: 0 });
      expect(seen.ssim).to.be.closeTo(1, 1e-6);
      expect(seen.labels).to.include({ share: 1, of: COUNT });
      expect(seen.found).to.include({ share: 1, of: COUNT });
      expect(seen.frechet?.of).to.equal(COUNT);
      expect(seen.frechet?.distance).to.be.closeTo(0, 1e-6);
      expect(Object.keys(attributes)).to.deep.equal(['age', 'light', 'mood']);
      for (const { kept, difference = 0 } of Object.values(attributes)) {
        expect(kept).to.include({ share: 1, of: COUNT });
        expect(difference).to.equal(0);
      }
    }));

  it('measures distance in the unit of the pixels, over more than one batch', () =>
    expectNoLeak(async () => {
      const lighter = tf.tidy(() => tf.add(noise('a'), 0.25) as tf.Tensor4D);
      const { distance, ssim } = await utility(noise('a'), lighter);
      expect(distance).to.be.closeTo(0.25, 1e-6);
      expect(ssim).to.be.within(0.5, 0.99);
    }));

  it('loses the more the stronger a blur is', () =>
    expectNoLeak(async () => {
      const made: Utility[] = [];
      for (const sigma of [0.5, 1, 2]) {
        const images = noise('a');
        const blurred = blur(images, sigma);
        made.push(await utility(images, blurred));
      }
      for (const [n, { distance, ssim, frechet }] of made.slice(1).entries()) {
        const weaker = made[n] as Utility;
        expect(distance).to.be.above(weaker.distance);
        expect(ssim).to.be.below(weaker.ssim);
        expect(frechet?.distance).to.be.above(weaker.frechet?.distance ?? Number.NaN);
      }
    }));

  it('says of words how many are kept, of numbers how far they went, and what a copy of anybody keeps', () =>
    expectNoLeak(async () => {
      const { attributes } = await utility(levels([0.3, 0.4, 0.6, 0.9]), levels([0.34, 0.46, 0.4, 0.9]));
      const { age, light, mood } = attributes;
      expect(mood?.kept).to.include({ share: 3 / 4, of: 4 });
      expect(mood?.chance).to.equal((2 * 3 + 2 * 1) / 16); // 2 dim originals meet 3 dim copies, 2 bright ones 1
      expect(mood).to.not.have.any.keys('within', 'difference');
      expect(age?.within).to.equal(5);
      expect(age?.kept.share).to.equal(2 / 4); // 4 and 0 years of 4, 6, 20 and 0
      expect(age?.difference).to.be.closeTo(7.5, 1e-4);
      expect(age?.chance).to.equal(3 / 16); // 30 and 34, 40 and 40, 90 and 90
      const deviation = Math.sqrt((0.25 ** 2 + 0.15 ** 2 + 0.05 ** 2 + 0.35 ** 2) / 4);
      expect(light?.within).to.be.closeTo(deviation / 2, 1e-6);
      expect(light?.kept.share).to.equal(3 / 4);
    }));

  it('counts whom the judge no longer finds, and measures nothing else of them', () =>
    expectNoLeak(async () => {
      const { found, attributes, frechet } = await utility(
        levels([0.05, 0.3, 0.6, 0.9]),
        levels([0.5, 0.02, 0.6, 0.9]),
      );
      expect(found).to.include({ share: 2 / 3, of: 3 });
      expect(attributes['mood']?.kept).to.include({ share: 1, of: 2 });
      expect(frechet?.of).to.equal(2);
    }));

  it('does not measure what is a word of the original and a number of the copy, or no number', () =>
    expectNoLeak(async () => {
      const images = levels([0.2, 0.3, 0.6, 0.9]);
      const told = (values: readonly (string | number)[]): Promise<UtilityOptions['before']> =>
        embedAll(images, () => values.map((size) => ({ vector: [1], attributes: { size } })), 'images');
      const [before, after] = [await told([1, 2, 3, Number.NaN]), await told([1, 'two', 4, 4])];
      const { attributes } = await utilityOf(images, images, { before, after });
      expect(attributes['size']?.kept.of).to.equal(2);
      expect(attributes['size']?.difference).to.equal(0.5);
      images.dispose();
    }));

  it('asks for labels only where the classifier is right in the original', () =>
    expectNoLeak(async () => {
      const images = (): [tf.Tensor4D, tf.Tensor4D] => [levels([0.3, 0.4, 0.6, 0.9]), levels([0.6, 0.4, 0.4, 0.9])];
      const { labels: own } = await utility(...images(), { classify });
      expect(own).to.include({ share: 2 / 4, of: 4 });
      const { labels: given } = await utility(...images(), { classify, labels: [1, 0, 1, 1] }); // wrong of the first
      expect(given).to.include({ share: 2 / 3, of: 3 });
      const { labels: none } = await utility(...images());
      expect(none).to.equal(undefined);
    }));

  it('gives each batch its own labels', () =>
    expectNoLeak(async () => {
      const labels = Array.from({ length: COUNT }, (_, n) => Number(n % 3 === 0));
      const images = (): tf.Tensor4D => levels(labels.map((label) => (label ? 0.8 : 0.2)));
      const { labels: kept } = await utility(images(), images(), { classify, labels });
      expect(kept).to.include({ share: 1, of: COUNT });
    }));

  it('is no surer for more pictures of the same people', () =>
    expectNoLeak(async () => {
      const [a, b] = [
        [0.3, 0.4, 0.6, 0.9],
        [0.6, 0.4, 0.4, 0.9],
      ] as const;
      const doubled = (values: readonly number[]): tf.Tensor4D => levels([...values, ...values, ...values]);
      const once = await utility(levels(a), levels(b), { classify });
      const people = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'];
      const more = await utility(doubled(a), doubled(b), { classify, people });
      expect(more.labels).to.deep.equal({ ...once.labels, of: 12 });
    }));

  const cases: readonly (readonly [string, string, RegExp, () => Promise<unknown>])[] = [
    [
      'copies of another size',
      'bad-copies',
      /got \[40,8,8,1\] and \[39,8,8,1\]/,
      () => utility(noise('a'), noise('a', 39)),
    ],
    [
      'vectors of other images',
      'bad-copies',
      /vectors of each of 40 images; got 1/,
      async () => {
        const one = noise('a', 1);
        const before = await embedAll(one, judge, 'originals');
        one.dispose();
        return utility(noise('a'), noise('a'), { before, after: before });
      },
    ],
    [
      'vectors of other copies',
      'bad-copies',
      /got 40 originals and 1 copies/,
      async () => {
        const one = noise('a', 1);
        const after = await embedAll(one, judge, 'copies');
        one.dispose();
        return utility(noise('a'), noise('a'), { after });
      },
    ],
    [
      'a classifier that answers once for all',
      'bad-classifier',
      /for 32 images it gave \[1,2\]/,
      () => utility(noise('a'), noise('a'), { classify: () => tf.tensor2d([[0.5, 0.5]]) }),
    ],
    [
      'labels without a classifier',
      'no-classifier',
      /give classify too/,
      () => utility(noise('a'), noise('a'), { labels: [] }),
    ],
    [
      'too few labels',
      'bad-label',
      /each of 40 images.*got 1 labels/,
      () => utility(noise('a'), noise('a'), { classify, labels: [1] }),
    ],
    [
      'a label that is no class',
      'bad-label',
      /a whole number; got 0.5/,
      () => utility(noise('a'), noise('a'), { classify, labels: Array(COUNT).fill(0.5) }),
    ],
    [
      'a classifier that gives one number an image',
      'bad-classifier',
      /for 32 images it gave \[32\]/,
      () => utility(noise('a'), noise('a'), { classify: brightness }),
    ],
  ];
  for (const [title, code, words, act] of cases) {
    it(`refuses ${title} in one line, and leaves nothing behind`, () =>
      expectNoLeak(async () => {
        const error = await rejection(act());
        expect(error, error.message).to.be.instanceOf(ArgumentError).with.property('code', code);
        expect(error.message).to.match(words).and.not.include('\n');
      }));
  }

  it('names a copy whose pixels are no numbers, and a classifier that answers with none', () =>
    expectNoLeak(async () => {
      const broken = tf.tidy(() => tf.where(tf.greater(noise('a'), 0.999), Number.NaN, noise('a')) as tf.Tensor4D);
      const images = noise('a');
      const before = await embedAll(images, judge, 'originals');
      const error = await rejection(utilityOf(images, broken, { before, after: before }));
      tf.dispose([images, broken]);
      expect(error).to.be.instanceOf(NumericError).with.property('code', 'not-finite');
      expect(error.message).to.match(/the distance of copy \d+ is NaN/);
      const nothing = (x: tf.Tensor4D): tf.Tensor => tf.fill([x.shape[0], 2], Number.NaN);
      const other = await rejection(utility(noise('a'), noise('a'), { classify: nothing }));
      expect(other).to.be.instanceOf(NumericError).with.property('code', 'not-finite');
    }));
});
