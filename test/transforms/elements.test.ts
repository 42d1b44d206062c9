import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import { type Element, tensorsIn } from '../../src/transforms/elements.ts';
import type { Transform } from '../../src/transforms/transform.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const model = gaussianModel();
const options = { model, strength: 0.4, steps: 2, seed: 'a' } satisfies AugmentOptions;
const bright = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => tf.softmax(tf.stack([tf.mean(images, [1, 2, 3]), tf.zeros([images.shape[0]])], 1)));

describe('elements', () => {
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(4, model);
  });
  after(() => images.dispose());

  const kinds: Record<string, (image?: string | number) => Transform> = {
    boomerang: (image) => boomerangAugment({ ...options, image }),
    classical: (image) => classical({ seed: 'a', shift: 1, image }),
    composed: (image) => compose(boomerangAugment({ ...options, image }), classical({ seed: 'a', shift: 1, image })),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    it(`${kind}: finds images at any place that can be named, and leaves everything beside them as it is`, () => {
      const expected = make()(tf.clone(images));
      const meta = { id: 7 };
      const ys = tf.zeros([4]);
      type Case = [string | number | undefined, (xs: tf.Tensor) => unknown, (made: never) => unknown];
      const places: Case[] = [
        ['xs.image', (xs) => ({ xs: { image: xs, meta }, ys }), (made: { xs: { image: unknown } }) => made.xs.image],
        ['a.b', (xs) => ({ 'a.b': xs, ys }), (made: { 'a.b': unknown }) => made['a.b']],
        [1, (xs) => [ys, xs], (made: unknown[]) => made[1]],
        ['0.photo', (xs) => [{ photo: xs }, ys], (made: [{ photo: unknown }]) => made[0].photo],
        [undefined, (xs) => [xs, ys], (made: unknown[]) => made[0]],
      ];
      for (const [place, build, find] of places) {
        const element = build(tf.clone(images)) as Element;
        const made = make(place)(element);
        expect(find(made as never), String(place)).to.be.tensorCloseTo(expected, 0);
        expect(tensorsIn(made), 'labels are the same object').to.include(ys);
        if (place === 'xs.image') expect((made as unknown as { xs: { meta: object } }).xs.meta).to.equal(meta);
        tf.dispose([find(made as never) as tf.Tensor]);
      }
      tf.dispose([expected, ys]);
    });
  }

  it('name the places where tensors are, when there is none where images should be', () => {
    const element = { xs: { image: images, meta: 1 }, ys: 3 } as unknown as Element;
    expect(() => boomerangAugment(options)({ xs: { image: tf.clone(images) }, ys: 3 } as unknown as Element))
      .to.throw(ArgumentError, /\{ image: "xs\.image" \}/)
      .with.property('code', 'no-images');
    expect(() =>
      boomerangAugment({ ...options, image: 'xs.photo' })({
        ...(element as object),
        xs: { image: tf.clone(images) },
      } as Element),
    ).to.throw(ArgumentError, /"xs\.photo".*xs\.image/);
  });

  const labels: [string, () => unknown, number[] | RegExp][] = [
    ['classes', () => tf.tensor1d([0, 1, 0, 1], 'int32'), [0, 1, 0, 1]],
    ['classes in a column', () => tf.tensor2d([[0], [1], [0], [1]]), [0, 1, 0, 1]],
    ['one-hot', () => tf.oneHot([1, 0, 1, 0], 2), [1, 0, 1, 0]],
    ['plain numbers', () => [1, 1, 0, 0], [1, 1, 0, 0]],
    ['typed numbers', () => Uint8Array.of(1, 1, 0, 0), [1, 1, 0, 0]],
    ['two labels for four images', () => tf.tensor1d([0, 1]), /one class.*4 images.*shape \[2\]/],
    [
      'two rows of two',
      () =>
        tf.tensor2d([
          [0, 1],
          [1, 0],
        ]),
      /one class.*4 images.*shape \[2,2\]/,
    ],
    ['a label too many', () => [1, 1, 0, 0, 1], /4 images/],
    ['parts of a class', () => tf.tensor1d([0, 1, 0.5, 1]), /whole number.*0\.5/],
    ['a class below 0', () => [0, -1, 0, 0], /at least 0, got -1/],
    ['NaN', () => tf.tensor1d([0, Number.NaN, 0, 0]), /finite, got NaN/],
    ['text', () => ['a', 'b', 'c', 'd'], /list of numbers/],
  ];
  for (const [name, make, expected] of labels) {
    it(`tell the class of each image, or are refused: ${name}`, () => {
      const seen: (number | null)[] = [];
      const ys = make();
      const augment = boomerangAugment({ ...options, labels: 'ys', onVariant: ({ label }) => seen.push(label) });
      const run = () => augment({ xs: tf.clone(images), ys } as unknown as Element);
      if (expected instanceof RegExp) expect(run).to.throw(ArgumentError, expected);
      else {
        const { xs } = run() as unknown as { xs: tf.Tensor };
        expect(seen).to.deep.equal(expected);
        xs.dispose();
      }
      if (ys instanceof tf.Tensor && !ys.isDisposed) ys.dispose();
    });
  }
  it('tell the class of a single image by a number', () => {
    const seen: (number | null)[] = [];
    const augment = boomerangAugment({ ...options, labels: 'ys', onVariant: ({ label }) => seen.push(label) });
    const xs = tf.squeeze(tf.slice(images, 0, 1), [0]) as tf.Tensor3D;
    const made = augment({ xs, ys: 3 } as unknown as Element) as unknown as { xs: tf.Tensor };
    expect(seen).to.deep.equal([3]);
    tf.dispose([xs, made.xs]);
  });
});

describe('soft labels', () => {
  const soften = { ...options, labels: 'ys', softLabels: { gamma: 1 } } satisfies AugmentOptions;
  const source = () =>
    data.array([0, 1, 2, 3, 4, 5]).map((n) => ({
      xs: tf.fill([4, 4, 1], 0.3 + 0.05 * n),
      ys: tf.oneHot(tf.scalar(n % 2, 'int32'), 2),
    })) as unknown as data.Dataset<tf.TensorContainer>;

  it('are float32 whether or not an image was changed, so that elements can be batched', async () => {
    const shapes: unknown[] = [];
    await expectNoLeak(async () => {
      const augment = boomerangAugment({ ...soften, probability: 0.5 });
      await source()
        .map(augment)
        .batch(3)
        .forEachAsync((batch) => {
          const { ys } = batch as unknown as { ys: tf.Tensor };
          shapes.push([ys.dtype, ys.shape]);
        });
      expect(augment.stats().changed).to.be.within(1, 5);
    });
    expect(shapes).to.deep.equal([
      ['float32', [3, 2]],
      ['float32', [3, 2]],
    ]);
  });

  it('of pairs leave the clean image its own', () => {
    const ys = tf.oneHot([0, 1], 2);
    const xs = gaussianImages(2, model);
    const made = boomerangAugment({ ...soften, mode: 'pair' })({ xs, ys }) as unknown as {
      xs: { clean: tf.Tensor; variant: tf.Tensor };
      ys: { clean: tf.Tensor; variant: tf.Tensor };
    };
    expect(Array.from(made.ys.clean.dataSync())).to.deep.equal([1, 0, 0, 1]);
    expect(made.ys.variant.dataSync()[0]).to.be.closeTo(0.8, 1e-6);
    tf.dispose([ys, xs, made.xs.variant, made.ys.clean, made.ys.variant]);
  });
});

describe('a classifier that promises its answer', () => {
  const later = async (images: tf.Tensor4D): Promise<tf.Tensor> => {
    await tf.nextFrame();
    return bright(images);
  };
  const keep = { ...options, labels: 'ys', keep: { classifier: later, topK: 1 } };
  const element = () => ({ xs: gaussianImages(3, model), ys: tf.zeros([3], 'int32') });

  it('is waited for where there is time, with the same outcome as one that answers at once', async () => {
    const promised = boomerangAugment(keep);
    const atOnce = boomerangAugment({ ...keep, keep: { classifier: bright, topK: 1 } });
    const [given, same] = [element(), element()];
    const [a, b] = [await promised.async(given), atOnce(same)];
    expect(a.xs).to.be.tensorCloseTo(b.xs, 0);
    expect(promised.stats().changed).to.equal(atOnce.stats().changed);
    tf.dispose([given, same, a, b] as never);
  });

  it('is refused under map with the remedy, composed or not, and leaves nothing behind', async () => {
    await expectNoLeak(async () => {
      for (const make of [
        () => boomerangAugment(keep),
        () => compose(boomerangAugment(keep), classical({ seed: 1 })),
      ]) {
        expect(() => make()(element()))
          .to.throw(ArgumentError, /mapAsync/)
          .with.property('code', 'needs-async');
      }
      for (let frame = 0; frame < 5; frame += 1) await tf.nextFrame(); // until the promised answers have come
    });
  });
});

describe('appended copies', () => {
  const source = (size: number | null) =>
    Object.assign(
      data.array([0, 1]).map((n) => ({ xs: tf.fill([4, 4, 1], n === 1 ? 7 : 0.4) })),
      { size },
    ) as unknown as data.Dataset<tf.TensorContainer>;

  it('of a data set of unknown size have no size either', () => {
    expect(augmentDataset(source(null), { ...options, mode: 'append' }).size).to.equal(null);
    expect(augmentDataset(source(2), { ...options, mode: 'append', copies: 2 }).size).to.equal(6);
  });

  it('leave nothing behind when an element fails', async () => {
    await expectNoLeak(async () => {
      const dataset = augmentDataset(source(2), { ...options, mode: 'append', copies: 3 });
      const error = await rejection(dataset.forEachAsync((one) => tf.dispose(one)));
      expect(error).to.have.property('code', 'out-of-range');
    });
  });

  it('are asked for with their mode, or refused', () => {
    expect(() => augmentDataset(source(2), { ...options, copies: 3 })).to.throw(ArgumentError, /append/);
  });
});

describe('reading what cannot be read', () => {
  it('is said as what it is: a disposed tensor is not a backend that waits', () => {
    const gone = tf.zeros([4, 4, 1]);
    gone.dispose();
    expect(() => boomerangAugment(options)(gone))
      .to.throw(Error, /disposed/)
      .and.not.have.property('code');
  });
});
