import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { comparePlain, type PlainComparison, type PlainOptions } from '../../../src/apps/anonymise/comparePlain.ts';
import { type Embedder, embedAll } from '../../../src/apps/anonymise/embedder.ts';
import { identityReport } from '../../../src/apps/anonymise/identityReport.ts';
import { blur, pixelate } from '../../../src/apps/anonymise/plain.ts';
import { utilityOf } from '../../../src/apps/anonymise/utility.ts';
import { ladder } from '../../../src/apps/anonymise/weakestLevel.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { shuffled, uniformStream } from '../../../src/random.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const [COUNT, SIDE] = [60, 8];
const each = Array.from({ length: COUNT }, (_, n) => n);
const noise = (name: string): tf.Tensor4D => {
  const next = uniformStream([name]);
  return tf.tensor4d(Float32Array.from({ length: COUNT * SIDE * SIDE }, next), [COUNT, SIDE, SIDE, 1]);
};
/** Sees pixels of the left half, as far from grey as they are. */
const left: Embedder = (images) =>
  tf.tidy(() => {
    const half = tf.slice(images, [0, 0, 0, 0], [-1, -1, SIDE / 2, -1]);
    return tf.reshape(tf.sub(half, 0.5), [images.shape[0], -1]) as tf.Tensor2D;
  });
/** Left halves that are mostly of another image, and right ones as they are, or as something makes them. */
const hidden = (images: tf.Tensor4D, make = (right: tf.Tensor): tf.Tensor => right): tf.Tensor4D =>
  tf.tidy(() => {
    const mixed = tf.add(tf.mul(images, 0.3), tf.mul(noise('other'), 0.7));
    const half = [COUNT, SIDE, SIDE / 2, 1];
    return tf.concat(
      [tf.slice(mixed, [0, 0, 0, 0], half), make(tf.slice(images, [0, 0, SIDE / 2, 0], half))],
      2,
    ) as tf.Tensor4D;
  });

const compare = async (
  make: (images: tf.Tensor4D) => tf.Tensor4D,
  options: Partial<PlainOptions> = {},
): Promise<PlainComparison> => {
  const originals = noise('a');
  const copies = make(originals);
  try {
    return await comparePlain(originals, copies, { embed: left, ...options });
  } finally {
    tf.dispose([originals, copies]);
  }
};

describe('comparePlain', () => {
  it('finds the weakest blur and the smallest blocks that hide as many, and no weaker ones do', () =>
    expectNoLeak(async () => {
      const made = await compare((images) => blur(images, 1.2));
      const limit = made.copies.own?.share ?? Number.NaN;
      expect(limit).to.be.within(0.05, 0.95);
      const originals = noise('a');
      const found = async (copies: tf.Tensor4D): Promise<number> => {
        const { own } = await identityReport(originals, copies, { embed: left });
        copies.dispose();
        return own.rank1?.share ?? Number.NaN;
      };
      const sigma = made.blur?.level ?? Number.NaN;
      expect(sigma).to.be.within(0.5, 1.5);
      expect(await found(blur(originals, sigma)))
        .to.equal(made.blur?.own?.share)
        .and.be.at.most(limit);
      expect(await found(blur(originals, sigma / 2 ** 0.25))).to.be.above(limit);
      const size = made.pixelate?.level ?? Number.NaN;
      expect(await found(pixelate(originals, size)))
        .to.equal(made.pixelate?.own?.share)
        .and.be.at.most(limit);
      expect(await found(pixelate(originals, size - 1))).to.be.above(limit);
      originals.dispose();
    }));

  it('tells of each what it keeps, as measured by itself', () =>
    expectNoLeak(async () => {
      const made = await compare((images) => blur(images, 1.2));
      const images = noise('a');
      const plain = pixelate(images, made.pixelate?.level ?? Number.NaN);
      const [before, after] = [await embedAll(images, left, 'originals'), await embedAll(plain, left, 'copies')];
      expect(made.pixelate?.utility).to.deep.equal(await utilityOf(images, plain, { before, after }));
      tf.dispose([images, plain]);
    }));

  it('compares copies that hide nothing with images as they are, and finds no difference', () =>
    expectNoLeak(async () => {
      const made = await compare((images) => tf.clone(images));
      expect([made.blur?.level, made.pixelate?.level]).to.deep.equal([0, 1]);
      const none = { blur: [], pixelate: [] };
      expect([made.isWorse, made.isBetter]).to.deep.equal([none, none]);
    }));

  it('says in what copies are better that change only what identifies, and worse that keep nothing', () =>
    expectNoLeak(async () => {
      const wise = await compare((images) => hidden(images));
      expect(wise.copies.own?.share).to.be.within(0.1, 0.9);
      for (const kind of ['blur', 'pixelate'] as const) {
        expect(wise.isBetter[kind]).to.include('ssim');
        expect(wise.isWorse[kind]).to.not.include('ssim');
      }
      const wild = await compare((images) => hidden(images, (right) => tf.sub(1, right)));
      for (const kind of ['blur', 'pixelate'] as const)
        expect(wild.isWorse[kind]).to.include.members(['distance', 'ssim']);
      expect(wild.copies.utility.distance).to.be.above(wild.blur?.utility.distance ?? Number.NaN);
    }));

  it('holds other pictures of a person to the same limit', () =>
    expectNoLeak(async () => {
      const people = each.map((n) => Math.floor(n / 2));
      const pairs = tf.tidy(() => {
        const half = tf.gather(
          noise('a'),
          tf.tensor1d(
            each.filter((n) => n % 2 === 0),
            'int32',
          ),
        );
        const both = tf.reshape(tf.stack([half, half], 1), [COUNT, SIDE, SIDE, 1]) as tf.Tensor4D;
        return tf.add(both, tf.mul(0.1, noise('picture'))) as tf.Tensor4D;
      });
      // half of the copies are of somebody else: a blur mixes pictures of a person up long before it does people
      const order = each.map((n) => (n % 4 < 2 ? n : (n + 4) % COUNT));
      const copies = tf.tidy(() => tf.gather(pairs, tf.tensor1d(order, 'int32')));
      const made = await comparePlain(pairs, copies, { embed: left, people });
      tf.dispose([pairs, copies]);
      const [own, person] = [made.copies.own?.share ?? Number.NaN, made.copies.person?.share ?? Number.NaN];
      expect([own, person]).to.deep.equal([0.5, 0.5]);
      for (const plain of [made.blur, made.pixelate]) {
        expect(plain?.own?.share).to.be.at.most(own);
        expect(plain?.person?.share).to.be.at.most(person);
      }
    }));

  it('searches for some copies among all originals, and hands labels on', () =>
    expectNoLeak(async () => {
      const places = shuffled(each, ['some']).slice(0, 40);
      const some = (images: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.gather(images, tf.tensor1d(places, 'int32')));
      const originals = noise('a');
      const own = some(originals);
      const copies = blur(own, 1.2);
      const classify = (batch: tf.Tensor4D): tf.Tensor =>
        tf.tidy(() => tf.stack([tf.fill([batch.shape[0]], 0.5), tf.mean(batch, [1, 2, 3])], 1));
      const labels = places.map((_, n) => Number(n % 2)); // right for some
      const made = await comparePlain(originals, copies, { embed: left, places, classify, labels });
      tf.dispose([originals, own, copies]);
      for (const { own: found, utility } of [made.copies, made.blur, made.pixelate].flatMap((one) => one ?? [])) {
        expect(found).to.include({ of: 40, chance: 1 / COUNT });
        expect(utility.images).to.equal(40);
        expect(utility.labels?.of).to.equal(made.copies.utility.labels?.of).and.be.within(5, 35);
      }
      expect(made.blur?.utility.labels?.share).to.be.above(0.9); // a blur keeps how bright an image is
    }));

  it('takes who is recognised by chance only for hidden: of images that are all alike one is', () =>
    expectNoLeak(async () => {
      const embed: Embedder = (images) => tf.reshape(images, [images.shape[0], -1]) as tf.Tensor2D;
      const made = await compare((images) => tf.reverse(images, 0), { embed });
      expect(made.copies.own?.share).to.equal(0);
      for (const plain of [made.blur, made.pixelate]) expect(plain?.own?.share).to.be.at.most(1 / COUNT);
    }));

  it('finds no level where none hides as many, nor where nobody was found in the copies', () =>
    expectNoLeak(async () => {
      const bright: Embedder = (images) =>
        tf.tidy(() => {
          const mean = tf.mean(images, [1, 2, 3]);
          return tf.stack([tf.sin(mean), tf.cos(mean)], 1) as tf.Tensor2D;
        });
      const none = await compare(() => noise('b'), { embed: bright });
      expect(none).to.not.have.any.keys('blur', 'pixelate');
      expect(none.copies.own?.of).to.equal(COUNT);
      const dark = await compare((images) => tf.zerosLike(images), { embed: blindToPlain });
      expect(dark).to.not.have.any.keys('blur', 'pixelate');
      expect(dark.copies).to.not.have.any.keys('own', 'person');
      expect(dark.copies.utility.found?.share).to.equal(0);
      expect(dark.isWorse).to.deep.equal({ blur: [], pixelate: [] });
    }));

  it('lets a level at which nobody is found hide everybody, and says what that costs', () =>
    expectNoLeak(async () => {
      const made = await compare((images) => tf.reverse(images, 0), { embed: blindToPlain }); // each is another's image
      expect(made.blur?.utility.found?.share).to.be.below(0.5);
      expect(made.isBetter.blur).to.include('found');
    }));

  it('looks at few levels, and at what it saw already not again', () =>
    expectNoLeak(async () => {
      let looked = 0;
      const embed: Embedder = (images) => {
        looked += images.shape[0];
        return left(images);
      };
      const images = noise('a');
      const before = await embedAll(images, left, 'originals');
      await comparePlain(images, images, { embed, before, after: before });
      images.dispose();
      const blurs = ladder(0.25, SIDE / 2).length + 1;
      expect(looked).to.be.at.most(COUNT * (Math.log2(blurs) + 1 + Math.log2(SIDE) + 1));
    }));

  for (const [title, code, options] of [
    ['an unknown option', 'unknown-option', { person: [] }],
    ['labels without a classifier', 'no-classifier', { labels: each }],
    ['no embedder', 'bad-embedder', { embed: undefined }],
  ] as const) {
    it(`refuses ${title}, and leaves nothing behind`, () =>
      expectNoLeak(async () => {
        const error = await rejection(compare((images) => tf.clone(images), options as never));
        expect(error, error.message).to.be.instanceOf(ArgumentError).with.property('code', code);
      }));
  }
});

/** Finds nobody where a picture is even. */
const blindToPlain: Embedder = async (images) => {
  const rows = (await images.array()).map((image) => image.flat(2));
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const spread = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return spread < 0.02 ? null : row.map((value) => value - 0.5);
  });
};
