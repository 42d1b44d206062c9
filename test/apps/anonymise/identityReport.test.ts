import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Embedder, Pictures } from '../../../src/apps/anonymise/embedder.ts';
import type { IdentityReport } from '../../../src/apps/anonymise/identity.ts';
import { identityReport } from '../../../src/apps/anonymise/identityReport.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { fillGaussian, shuffled } from '../../../src/random.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

/** Pixels themselves, as directions: what a judge sees is then known exactly. */
const pixels: Embedder = (images) => tf.reshape(images, [images.shape[0], -1]) as tf.Tensor2D;

const WIDTH = 24;
/** Images of random pixels, of which every `persons` look alike but for some noise. */
const faces = (count: number, name: string, persons = 1, noise = 0.5, taken = name): tf.Tensor4D => {
  const data = new Float32Array(count * WIDTH);
  for (let n = 0; n < count; n += 1) {
    const [face, own] = [new Float32Array(WIDTH), new Float32Array(WIDTH)];
    fillGaussian([name, 'person', Math.floor(n / persons)], face);
    fillGaussian([taken, 'picture', n], own);
    data.set(
      face.map((value, i) => value + noise * (own[i] ?? 0)),
      n * WIDTH,
    );
  }
  return tf.tensor4d(data, [count, 4, 6, 1]);
};
const peopleOf = (count: number, persons: number): number[] =>
  Array.from({ length: count }, (_, n) => Math.floor(n / persons));

const report = async (
  originals: Pictures,
  copies: Pictures,
  options: Partial<Parameters<typeof identityReport>[2]> = {},
): Promise<IdentityReport> => {
  const made = await identityReport(originals, copies, { embed: pixels, ...options });
  if (originals instanceof tf.Tensor) originals.dispose();
  if (copies instanceof tf.Tensor) copies.dispose();
  return made;
};

describe('identityReport', () => {
  it('recognises every copy that is its original', async () => {
    const { own, similarity, notFound, images, people } = await report(faces(80, 'a'), faces(80, 'a'));
    expect({ images, people, notFound }).to.deep.equal({
      images: 80,
      people: 80,
      notFound: { originals: 0, copies: 0 },
    });
    expect(own.rank1).to.include({ share: 1, high: 1, of: 80, chance: 1 / 80 });
    expect(Math.min(...similarity)).to.be.closeTo(1, 1e-6);
  });

  it('finds what chance finds in copies that have nothing of their originals', async () => {
    const count = 600;
    const { own } = await report(faces(count, 'a'), faces(count, 'b'));
    expect(own.rank1?.share).to.be.below(1 / count + (5 * Math.sqrt(1 / count)) / Math.sqrt(count));
    expect(own.rank5?.share).to.be.closeTo(5 / count, 5 * Math.sqrt(5 / count / count));
    expect(own.rank1?.low).to.be.at.most(1 / count);
    expect(own.rank1?.high).to.be.at.least(1 / count);
  });

  it('agrees with a search one by one, whatever the order of the images', async () => {
    const count = 60;
    const [originals, copies] = [faces(count, 'a', 3), faces(count, 'a', 3, 0.9, 'copies')];
    const order = shuffled(peopleOf(count, 1), ['order']);
    const [a, c] = [await originals.array(), await copies.array()].map((images) =>
      images.map((image) => image.flat(2)),
    );
    const cosine = (x: number[] = [], y: number[] = []): number => {
      const dot = (u: number[], v: number[]): number => u.reduce((sum, value, i) => sum + value * (v[i] ?? 0), 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    const isFirst = (n: number): boolean =>
      a?.every((other) => cosine(c?.[n], other) <= cosine(c?.[n], a?.[n])) ?? false;
    const wanted = peopleOf(count, 1).filter(isFirst).length / count;
    const people = peopleOf(count, 3);
    const shuffledImages = (images: tf.Tensor4D): tf.Tensor4D => tf.gather(images, tf.tensor1d(order, 'int32'));
    const turned = await report(shuffledImages(originals), shuffledImages(copies), {
      people: order.map((n) => people[n] as number),
    });
    const straight = await report(originals, copies, { people });
    expect(wanted).to.be.within(0.1, 0.95);
    for (const { own } of [turned, straight]) expect(own.rank1?.share).to.be.closeTo(wanted, 1e-12);
    expect(turned.person.rank1?.share).to.be.closeTo(straight.person.rank1?.share ?? Number.NaN, 1e-12);
  });

  it('tells apart who is recognised by the own picture, and by another one of the person', async () => {
    const people = peopleOf(120, 3);
    const { own, person, verification } = await report(faces(120, 'a', 3, 0.3), faces(120, 'a', 3, 0.3), { people });
    expect(own.rank1?.share).to.equal(1);
    expect(person.rank1?.share).to.be.above(0.95);
    expect(person.rank1?.chance).to.be.closeTo(2 / 119, 1e-12);
    expect(person.rank1?.untouched?.share).to.equal(person.rank1?.share); // the copies are the originals
    const [usual] = verification;
    expect(usual?.accepted?.share).to.equal(1);
    expect(usual?.linked?.share).to.equal(usual?.untouched?.share);
  });

  it('searches for some copies, in any order, among all originals', () =>
    expectNoLeak(async () => {
      const [count, people] = [60, peopleOf(60, 3)];
      const places = shuffled(peopleOf(count, 1), ['some']).slice(0, 25);
      const copies = (): tf.Tensor4D => faces(count, 'a', 3, 0.9, 'copies');
      const some = (): tf.Tensor4D => tf.tidy(() => tf.gather(copies(), tf.tensor1d(places, 'int32')));
      const all = await report(faces(count, 'a', 3), copies(), { people });
      const few = await report(faces(count, 'a', 3), some(), { people, places });
      expect([...few.similarity]).to.deep.equal(places.map((place) => all.similarity[place]));
      expect(few).to.include({ images: 25, people: new Set(places.map((place) => people[place])).size });
      expect(few.own.rank1).to.include({ of: 25, chance: 1 / count });
      expect(few.person.rank1?.chance).to.be.closeTo(2 / (count - 1), 1e-12);
      // the originals themselves, as copies: all are found, and their own picture does not count as another one
      const unlike = (): tf.Tensor4D => faces(count, 'a', 3, 1.5);
      const themselves = tf.tidy(() => tf.gather(unlike(), tf.tensor1d(places, 'int32')));
      const own = await report(unlike(), themselves, { people, places });
      expect(own.own.rank1?.share).to.equal(1);
      expect(own.person.rank1?.share).to.be.below(1);
      expect(own.person.rank1?.untouched?.share).to.equal(own.person.rank1?.share);
      const [far] = own.verification;
      expect(far?.accepted?.of).to.equal(25);
      expect(far?.untouched?.of).to.equal(60);
    }));

  it('reckons with chance for those people only whose copies are searched for', async () => {
    const people = peopleOf(60, 1).map((n) =>
      n < 20 ? Math.floor(n / 4) : n < 40 ? 100 + Math.floor(n / 2) : 200 + n,
    );
    const places = [20, 25, 30, 39]; // people with two pictures, where others have four or one
    const some = tf.tidy(() => tf.gather(faces(60, 'b'), tf.tensor1d(places, 'int32')));
    const { person } = await report(faces(60, 'a'), some, { people, places });
    expect(person.rank1?.chance).to.be.closeTo(1 / 59, 1e-12);
  });

  it('gives the same whether copies are in order or their places are said', async () => {
    const people = peopleOf(60, 3);
    const said = await report(faces(60, 'a', 3), faces(60, 'a', 3, 0.9, 'b'), { people, places: peopleOf(60, 1) });
    expect(said).to.deep.equal(await report(faces(60, 'a', 3), faces(60, 'a', 3, 0.9, 'b'), { people }));
  });

  it('sets thresholds that no more pairs of different people pass than it says', async () => {
    const count = 200;
    const { verification } = await report(faces(count, 'a'), faces(count, 'a'));
    const embedded = pixels(faces(count, 'a')) as tf.Tensor2D;
    const unit = tf.div(embedded, tf.norm(embedded, 2, 1, true)) as tf.Tensor2D;
    const all = (await tf.matMul(unit, unit, false, true).array()) as number[][];
    const pairs = all.flatMap((row, n) => row.slice(0, n));
    for (const { far, threshold = Number.NaN } of verification) {
      const passed = pairs.filter((similarity) => similarity >= threshold).length / pairs.length;
      expect(passed).to.be.within(far / 2, far);
    }
    expect(verification.map(({ far }) => far)).to.deep.equal([0.01, 0.001]);
  });

  it('knows no threshold from too few pairs, and links nobody without several pictures', async () => {
    const { verification, person } = await report(faces(20, 'a'), faces(20, 'a'));
    expect(verification).to.deep.equal([{ far: 0.01 }, { far: 0.001 }]);
    expect(person).to.deep.equal({});
  });

  it('counts whom the judge does not find as not measured, never as safe', async () => {
    const blind = (missed: readonly number[]): Embedder => {
      let seen = 0;
      return async (images) => {
        const rows = await (pixels(images) as tf.Tensor2D).array();
        return rows.map((row) => (missed.includes(seen++) ? null : row));
      };
    };
    const { own, notFound, similarity } = await report(faces(40, 'a'), faces(40, 'a'), { embed: blind([1, 2, 45]) });
    expect(notFound).to.deep.equal({ originals: 2, copies: 1 }); // 45 is the copy of number 5
    expect(own.rank1).to.include({ share: 1, of: 37 });
    expect([1, 2, 5].map((n) => similarity[n])).to.deep.equal([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('takes batches as they come, and disposes of them', () =>
    expectNoLeak(async () => {
      const batches = async function* (): AsyncGenerator<tf.Tensor4D> {
        const all = faces(50, 'a');
        yield tf.slice(all, [0, 0, 0, 0], [20, -1, -1, -1]);
        yield tf.slice(all, [20, 0, 0, 0], [30, -1, -1, -1]);
        all.dispose();
      };
      const { own } = await report(batches(), batches());
      expect(own.rank1?.of).to.equal(50);
    }));

  const cases: readonly (readonly [string, string, RegExp, () => Promise<unknown>])[] = [
    [
      'no embedder',
      'bad-embedder',
      /function of images, got undefined/,
      () => report(faces(4, 'a'), faces(4, 'a'), { embed: undefined as never }),
    ],
    [
      'another number of copies',
      'bad-copies',
      /got 4 originals and 3 copies/,
      () => report(faces(4, 'a'), faces(3, 'a')),
    ],
    [
      'places of other copies',
      'bad-places',
      /each of 3 copies which of 4 originals.*got 2 of them/,
      () => report(faces(4, 'a'), faces(3, 'a'), { places: [0, 1] }),
    ],
    [
      'a place where no original is',
      'bad-places',
      /numbered from 0; got 4/,
      () => report(faces(4, 'a'), faces(3, 'a'), { places: [0, 1, 4] }),
    ],
    [
      'half a place',
      'bad-places',
      /numbered from 0; got 0.5/,
      () => report(faces(4, 'a'), faces(3, 'a'), { places: [0, 1, 0.5] }),
    ],
    [
      'copies that are seen in another width',
      'bad-embedding',
      /of one length; got 24 and 1/,
      () =>
        report(faces(4, 'a'), faces(3, 'a'), {
          places: [0, 1, 2],
          embed: (images) => (images.shape[0] === 4 ? pixels(images) : [[1], [1], [1]]),
        }),
    ],
    [
      'one person alone',
      'too-few-people',
      /at least 2 people.*got 1 in 4 images/,
      () => report(faces(4, 'a'), faces(4, 'a'), { people: [1, 1, 1, 1] }),
    ],
    [
      'people of other images',
      'bad-people',
      /in each of 4 images, got 3 of them/,
      () => report(faces(4, 'a'), faces(4, 'a'), { people: [1, 2, 3] }),
    ],
    [
      'a vector that is not finite',
      'bad-embedding',
      /originals 0 has a length of NaN/,
      () =>
        report(faces(4, 'a'), faces(4, 'a'), {
          embed: ({ shape }) => Array.from({ length: shape[0] }, () => [Number.NaN, 1]),
        }),
    ],
    [
      'too few vectors',
      'bad-embedding',
      /for 4 originals it gave 1/,
      () => report(faces(4, 'a'), faces(4, 'a'), { embed: () => [[1, 2]] }),
    ],
    [
      'vectors of several lengths',
      'bad-embedding',
      /of one length; that of originals 1 has 2 numbers, others 1/,
      () => report(faces(2, 'a'), faces(2, 'a'), { embed: () => [[1], [1, 2]] }),
    ],
    [
      'an unknown option',
      'unknown-option',
      /no option "persons"/,
      () => report(faces(4, 'a'), faces(4, 'a'), { persons: [] } as never),
    ],
  ];
  for (const [title, code, words, act] of cases) {
    it(`refuses ${title} in one line`, async () => {
      const error = await rejection(act());
      expect(error, error.message).to.be.instanceOf(ArgumentError).with.property('code', code);
      expect(error.message).to.match(words).and.not.include('\n');
    });
  }
});
