import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type AttackOptions, attackReport } from '../../../../src/apps/anonymise/attacks/attackReport.ts';
import type { AttackReport } from '../../../../src/apps/anonymise/attacks/attacks.ts';
import { type Embedder, embedAll } from '../../../../src/apps/anonymise/embedder.ts';
import { identityReport } from '../../../../src/apps/anonymise/identityReport.ts';
import type { Method, MethodCall } from '../../../../src/apps/anonymise/method.ts';
import { ArgumentError, NumericError } from '../../../../src/errors.ts';
import { fillGaussian, shuffled } from '../../../../src/random.ts';
import { rejection } from '../../../support/scratch.ts';
import { expectNoLeak } from '../../../support/tensors.ts';

const [COUNT, SIDE] = [70, 5];
const WIDTH = SIDE * SIDE;
const CHANCE = 1 / COUNT + 5 * Math.sqrt(1 / COUNT / COUNT);

const pixels: Embedder = (images) => tf.reshape(images, [images.shape[0], -1]) as tf.Tensor2D;
const noise = (count: number, path: (n: number) => readonly (string | number)[]): tf.Tensor4D => {
  const data = new Float32Array(count * WIDTH);
  for (let n = 0; n < count; n += 1) fillGaussian([...path(n)], data, n * WIDTH, WIDTH);
  return tf.tensor4d(data, [count, SIDE, SIDE, 1]);
};
const images = (count = COUNT): tf.Tensor4D => noise(count, (n) => ['image', n]);

/** Pixels in another order, the same for all, and a little noise of the draw's. */
const swapped =
  (order: readonly number[], amount = 0.2): Method =>
  async (batch, { places, draw }) =>
    tf.tidy(() => {
      const rows = tf.reshape(batch, [batch.shape[0], WIDTH]);
      const turned = tf.reshape(tf.gather(rows, tf.tensor1d([...order], 'int32'), 1), batch.shape);
      return tf.add(
        turned,
        tf.mul(
          noise(places.length, (n) => ['draw', draw, places[n] as number]),
          amount,
        ),
      ) as tf.Tensor4D;
    });
const places = Array.from({ length: WIDTH }, (_, n) => n);
const cycle = places.map((n) => (n + 7) % WIDTH);
const mirror = places.map((n) => WIDTH - 1 - n);
const faint = swapped(cycle, 50);

const attack = async (method: Method, options: Partial<AttackOptions> = {}): Promise<AttackReport> => {
  const originals = images();
  const copies = await method(originals, { places: [...Array(COUNT).keys()], draw: 0 });
  try {
    return await attackReport(originals, copies, { embed: pixels, method, ...options });
  } finally {
    tf.dispose([originals, copies]);
  }
};
const shares = ({ plain, renoised, parrot, mapped }: AttackReport): number[] =>
  [plain, renoised, parrot, mapped].map(({ own }) => own?.share ?? Number.NaN);

describe('attackReport', () => {
  it('finds by a parrot and by a map what a plain search does not, and names the worst', () =>
    expectNoLeak(async () => {
      const made = await attack(swapped(cycle));
      const [plain, renoised, parrot, mapped] = shares(made) as [number, number, number, number];
      expect(plain).to.be.below(CHANCE);
      expect(renoised).to.be.below(CHANCE);
      expect(parrot).to.equal(1);
      expect(mapped).to.be.above(0.3);
      expect(made.worst).to.deep.equal({ own: 'parrot' });
      expect(made.parrot).to.deep.include({ notFound: 0 });
      expect(made.parrot.own).to.include({ of: COUNT, chance: 1 / COUNT });
    }));

  it('finds by sending copies through the method again what that undoes', () =>
    expectNoLeak(async () => {
      const { plain, renoised, worst } = await attack(swapped(mirror, 0));
      expect(plain.own?.share).to.be.below(CHANCE);
      expect(renoised.own?.share).to.equal(1);
      expect(worst.own).to.equal('renoised');
    }));

  it('says that nothing is worse than a plain search where that finds everybody', () =>
    expectNoLeak(async () => {
      const made = await attack(swapped(places, 0));
      expect(shares(made)).to.deep.equal([1, 1, 1, 1]);
      expect(made.worst.own).to.equal('plain');
    }));

  it('finds nobody in copies that have next to nothing of their originals, but for whoever has the seed', () =>
    expectNoLeak(async () => {
      const made = await attack(faint, { replays: { copies: COUNT, candidates: 10 } });
      for (const share of shares(made)) expect(share).to.be.below(CHANCE);
      const { withSeed, without, candidates } = made.replayed;
      expect(candidates).to.equal(10);
      expect(withSeed).to.include({ share: 1, of: COUNT, chance: 0.1 });
      expect(without.share).to.be.within(0.1 - 5 * Math.sqrt(0.09 / COUNT), 0.1 + 5 * Math.sqrt(0.09 / COUNT));
    }));

  it('needs no seed to run a method again that takes no chances', () =>
    expectNoLeak(async () => {
      const { withSeed, without } = (await attack(swapped(cycle, 0))).replayed;
      for (const { share, of } of [withSeed, without]) expect({ share, of }).to.deep.equal({ share: 1, of: 10 });
    }));

  it('measures the plain search as the identity report does, and takes what the judge saw already', () =>
    expectNoLeak(async () => {
      const people = Array.from({ length: COUNT }, (_, n) => n % 23);
      const method = swapped(places, 4);
      const [originals, all] = [images(), [...Array(COUNT).keys()]];
      const copies = await method(originals, { places: all, draw: 0 });
      const { own, person, notFound } = await identityReport(originals, copies, { embed: pixels, people });
      const looked: number[] = [];
      const embed: Embedder = (batch) => {
        looked.push(batch.shape[0]);
        return pixels(batch);
      };
      const seen = {
        before: await embedAll(originals, pixels, 'originals'),
        after: await embedAll(copies, pixels, 'copies'),
      };
      const { plain } = await attackReport(originals, copies, { embed, method, people, ...seen });
      expect(plain.own?.share).to.equal(own.rank1?.share);
      expect(plain.person?.share).to.equal(person.rank1?.share);
      expect(plain.person?.chance).to.equal(person.rank1?.chance);
      expect(plain.notFound).to.equal(notFound.copies);
      expect(looked.reduce((sum, count) => sum + count, 0)).to.equal(2 * COUNT); // copies of copies and of originals
      tf.dispose([originals, copies]);
    }));

  it('searches for some copies among all originals, and calls the method with their places and draws of its own', () =>
    expectNoLeak(async () => {
      const calls: MethodCall[] = [];
      const honest = faint;
      const method: Method = (batch, call) => {
        calls.push(call);
        return honest(batch, call);
      };
      const some = shuffled(Array(COUNT).keys(), ['some']).slice(0, 40);
      const originals = images();
      const own = tf.tidy(() => tf.gather(originals, tf.tensor1d(some, 'int32')));
      const copies = await honest(own, { places: some, draw: 0 });
      const replays = { copies: 3, candidates: 4 };
      const made = await attackReport(originals, copies, { embed: pixels, method, places: some, replays });
      tf.dispose([originals, own, copies]);
      const of = (draw: number): readonly number[] =>
        calls.filter((call) => call.draw === draw).flatMap((c) => c.places);
      expect(of(1)).to.deep.equal(some);
      expect(of(2)).to.deep.equal([...Array(COUNT).keys()]);
      for (const draw of [0, 3]) {
        const again = calls.filter((call) => call.draw === draw);
        expect(again.map((call) => new Set(call.places).size)).to.deep.equal([1, 1, 1]);
        for (const call of again) expect(some).to.include(call.places[0]);
        expect(of(draw)).to.have.length(12);
      }
      expect(made.replayed.withSeed).to.include({ share: 1, of: 3, chance: 1 / 4 });
      expect(made.plain.own).to.include({ of: 40, chance: 1 / COUNT });
    }));

  it('tries every original as a candidate once, where it is asked to, and there are no more', () =>
    expectNoLeak(async () => {
      const seen: (readonly number[])[] = [];
      const method: Method = async (batch, { draw }) => {
        const means = tf.tidy(() => tf.mean(batch, [1, 2, 3]));
        if (draw === 3) seen.push(Array.from(await means.data()));
        means.dispose();
        return tf.clone(batch);
      };
      for (const candidates of [COUNT, 10 * COUNT]) {
        const { replayed } = await attack(method, { replays: { copies: 1, candidates } });
        expect(replayed.candidates).to.equal(COUNT);
        expect(replayed.without.chance).to.equal(1 / COUNT);
      }
      for (const means of seen) expect(new Set(means).size).to.equal(COUNT);
    }));

  it('counts as not measured whom the judge does not find in copies of copies, be it everybody', () =>
    expectNoLeak(async () => {
      const loud: Embedder = async (batch) => {
        const rows = (await batch.array()).map((image) => image.flat(2));
        return rows.map((row) => (Math.max(...row.map(Math.abs)) > 30 ? null : row));
      };
      const twice: Method = async (batch, { draw }) =>
        tf.tidy(() => tf.mul(batch, draw === 1 ? 1000 : 1) as tf.Tensor4D);
      const { plain, renoised, worst } = await attack(twice, { embed: loud });
      expect(plain.notFound).to.equal(0);
      expect(renoised).to.deep.equal({ notFound: COUNT });
      expect(worst.own).to.equal('plain');
    }));

  const cases: readonly (readonly [string, string, RegExp, () => Promise<unknown>])[] = [
    [
      'no method',
      'bad-method',
      /the function that made the copies, got undefined/,
      () => attack(faint, { method: undefined as never }),
    ],
    [
      'a method that makes images of another shape',
      'bad-method',
      /shape \[32,5,5,1\], got \[32,25\]/,
      () => attack(faint, { method: (async (batch: tf.Tensor4D) => tf.reshape(batch, [-1, WIDTH])) as never }),
    ],
    [
      'a method that makes nothing',
      'bad-method',
      /got null/,
      () => attack(faint, { method: (async () => null) as never }),
    ],
    [
      'copies of copies that are seen in another width',
      'bad-embedding',
      /of one length; got 25 and 1/,
      () => {
        let calls = 0;
        const seen = Math.ceil(COUNT / 32);
        return attack(faint, {
          embed: (batch) => (calls++ < 2 * seen ? pixels(batch) : Array.from({ length: batch.shape[0] }, () => [1])),
        });
      },
    ],
    ['no embedder', 'bad-embedder', /got undefined/, () => attack(faint, { embed: undefined as never })],
    ['replays of half a copy', 'bad-replays', /got {"copies":0.5}/, () => attack(faint, { replays: { copies: 0.5 } })],
    ['one candidate alone', 'bad-replays', /2 of candidates/, () => attack(faint, { replays: { candidates: 1 } })],
    ['one person alone', 'too-few-people', /got 1 in 70/, () => attack(faint, { people: Array(COUNT).fill('a') })],
    ['an unknown option', 'unknown-option', /did you mean "replays"/, () => attack(faint, { replay: {} } as never)],
    ['a place where no original is', 'bad-places', /got 70/, () => attack(faint, { places: Array(COUNT).fill(70) })],
  ];
  for (const [title, code, words, act] of cases) {
    it(`refuses ${title} in one line, and leaves nothing behind`, () =>
      expectNoLeak(async () => {
        const error = await rejection(act());
        expect(error, error.message).to.be.instanceOf(ArgumentError).with.property('code', code);
        expect(error.message).to.match(words).and.not.include('\n');
      }));
  }

  it('refuses what was seen in other images, and copies of another size', () =>
    expectNoLeak(async () => {
      const few = images(3);
      const seen = await embedAll(few, pixels, 'few');
      const whole: Embedder = (batch) => tf.ones([batch.shape[0], 2]) as tf.Tensor2D;
      const crop = tf.slice(few, [0, 0, 0, 0], [-1, 4, -1, -1]);
      for (const [words, error] of [
        [/and 3 and 70 vectors/, await rejection(attack(faint, { before: seen }))],
        [/and 70 and 3 vectors/, await rejection(attack(faint, { after: seen, places: [0, 1, 2] }))],
        [/\[3,5,5,1\] and \[3,4,5,1\]/, await rejection(attackReport(few, crop, { embed: whole, method: faint }))],
      ] as const) {
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'bad-copies');
        expect(error.message).to.match(words);
      }
      tf.dispose([few, crop]);
    }));

  it('says when what is thrown again is not finite, rather than find nobody', () =>
    expectNoLeak(async () => {
      const method: Method = async (batch, { draw }) =>
        draw === 3 ? (tf.fill(batch.shape, Number.NaN) as tf.Tensor4D) : tf.clone(batch);
      const error = await rejection(attack(method));
      expect(error).to.be.instanceOf(NumericError).with.property('code', 'not-finite');
      expect(error.message).to.match(/made of original \d+ is not finite/);
    }));

  it('leaves nothing behind when the method throws half way', () =>
    expectNoLeak(async () => {
      const method: Method = async (batch, call) => {
        if (call.draw === 2 && call.places[0] !== 0) throw new Error('no more');
        return faint(batch, call);
      };
      expect((await rejection(attack(method))).message).to.equal('no more');
    }));
});
