import * as tf from '@tensorflow/tfjs-core';
import { generator } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { type Anonymised, anonymise } from '../../../src/apps/anonymise/anonymise.ts';
import type { Embedder } from '../../../src/apps/anonymise/embedder.ts';
import { FATES } from '../../../src/apps/anonymise/fates.ts';
import type { AnonymiseOptions } from '../../../src/apps/anonymise/options.ts';
import { cosineSimilarities } from '../../../src/calibrate/measures.ts';
import { blindTo, mixtures, namesOf, peopleImages, pixels } from '../../support/anonymising.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const SIDE = 8;
const SECRET = '0123456789abcdef'.repeat(4);
const model = gaussianModel([SIDE, SIDE, 1]);
const OPTIONS: AnonymiseOptions = {
  embed: pixels,
  judge: mixtures,
  target: 0.1,
  strengths: [0.2, 0.5, 0.8],
  sample: 80,
  attacks: false,
  secret: SECRET,
};

/** Copies of images of people, and what was said of them. */
const copiesOf = async (
  options: Partial<AnonymiseOptions> = {},
  [people, each]: readonly [number, number] = [80, 1],
): Promise<Anonymised> => {
  const images = peopleImages(people, each, SIDE);
  try {
    return await anonymise(model, images, { ...OPTIONS, ...options });
  } finally {
    images.dispose();
  }
};

const pixelsOf = (images: tf.Tensor4D): number[][] => {
  const values = tf.tidy(() => tf.reshape(images, [images.shape[0], -1]).arraySync()) as number[][];
  images.dispose();
  return values;
};

describe('anonymise', () => {
  it('takes the lowest strength that meets the target at the upper end, and every stronger one as well', () =>
    expectNoLeak(async () => {
      const { copies, places, report } = await copiesOf();
      const [weak, ...others] = report.curve;
      expect(weak?.risk).to.be.above(0.1);
      const meeting = others.filter(({ risk }) => risk <= 0.1).map(({ strength }) => strength);
      expect(meeting).to.not.be.empty;
      expect(report.chosen).to.deep.equal({
        strength: meeting[0],
        risk: others.find(({ strength }) => strength === meeting[0])?.risk,
      });
      expect(places).to.deep.equal(Array.from({ length: 80 }, (_, n) => n));
      expect(copies.shape).to.deep.equal([80, SIDE, SIDE, 1]);
      copies.dispose();
    }));

  it('makes the same copies with the same secret, in any company, and others with another or none', () =>
    expectNoLeak(async () => {
      const made = async (options: Partial<AnonymiseOptions>, people = 80): Promise<number[][]> =>
        pixelsOf((await copiesOf({ strengths: [0.8], target: 0.3, ...options }, [people, 1])).copies);
      const some = await made({});
      expect(await made({ judge: pixels, embed: mixtures })).to.deep.equal(some);
      const fewer = await made({}, 40);
      expect(largest(fewer.flat(), some.slice(0, 40).flat())).to.be.below(1e-5);
      for (const secret of ['f'.repeat(64), undefined, undefined]) {
        const other = await made(secret === undefined ? { secret } : { secret });
        expect(largest(other.flat(), some.flat()), secret).to.be.above(0.1);
      }
    }));

  it('lets each image go as far as it must, and says how often it was thrown', () =>
    expectNoLeak(async () => {
      const { copies, places, report } = await copiesOf({ per: 'image', strengths: [0.3, 0.6, 0.9], target: 0.5 });
      const { threshold } = report.chosen;
      const images = peopleImages(80, 1, SIDE);
      const [before, after] = [pixels(images), pixels(copies)] as tf.Tensor2D[];
      const near = await cosines(tf.gather(before as tf.Tensor2D, [...places]) as tf.Tensor2D, after as tf.Tensor2D);
      expect(Math.max(...near)).to.be.below(threshold as number);
      expect(report.tries?.length).to.be.above(1);
      expect(report.tries?.reduce((sum, { images: own }) => sum + own, 0)).to.equal(places.length);
      expect(report.counts.fates['too-near']).to.equal(80 - places.length);
      tf.dispose([images, copies, before as tf.Tensor, after as tf.Tensor]);
    }));

  it('asks more of each image where fewer may be recognised, and finds that in copies of another noise', () =>
    expectNoLeak(async () => {
      const asked = async (target: number) => {
        const { copies, report } = await copiesOf({ per: 'image', strengths: [0.2, 0.4, 0.6, 0.8], target });
        copies.dispose();
        expect(report.chosen.risk).to.be.at.most(target);
        return report;
      };
      const [loose, strict] = [await asked(0.9), await asked(0.4)];
      expect(strict.chosen.level).to.be.above(loose.chosen.level as number);
      expect(strict.chosen.threshold).to.be.below(loose.chosen.threshold as number);
      expect(strict.utility.distance).to.be.above(loose.utility.distance);
      const error = await rejection(copiesOf({ per: 'image', strengths: [0.05], target: 0.1 }));
      expect(error).to.have.property('code', 'target-not-met');
    }));

  const blind = (embed: typeof pixels): typeof pixels => blindTo(embed, (mean) => mean > 0.52);
  const NOBODY: Readonly<Record<string, readonly [Partial<AnonymiseOptions>, string, boolean]>> = {
    'by default': [{ embed: blind(pixels) }, 'no-face', false],
    'copied, where that is asked for': [{ embed: blind(pixels), noFace: 'copy' }, 'copied', true],
    'thrown whole, where that is asked for': [{ embed: blind(pixels), noFace: 'whole' }, 'whole', true],
    'where the judge is blind, whatever was asked for': [
      { judge: blind(mixtures), noFace: 'copy' },
      'original-unjudged',
      false,
    ],
  };
  for (const per of ['set', 'image'] as const) {
    for (const [title, [options, fate, isThere]] of Object.entries(NOBODY)) {
      it(`leaves out whom nobody finds, or not: ${title}, per ${per}`, () =>
        expectNoLeak(async () => {
          const images = peopleImages(80, 1, SIDE);
          const means = await meansOf(images);
          const bright = means.flatMap((mean, n) => (mean > 0.52 ? [n] : []));
          const { copies, places, report } = await copiesOf({ target: 0.3, per, ...options });
          expect(bright.length).to.be.within(5, 60);
          expect(report.counts.fates[fate as 'copied']).to.equal(bright.length);
          expect(bright.filter((n) => places.includes(n))).to.deep.equal(isThere ? bright : []);
          expect(FATES.reduce((sum, one) => sum + report.counts.fates[one], 0)).to.equal(80);
          if (fate === 'copied') {
            const [made, own] = [pixelsOf(copies), pixelsOf(images)];
            for (const n of bright)
              expect(largest(made[places.indexOf(n)] as number[], own[n] as number[])).to.be.below(1e-6);
          } else tf.dispose([images, copies]);
        }));
    }
  }

  it('hands on no copy that the judge cannot look at', () =>
    expectNoLeak(async () => {
      const images = peopleImages(80, 1, SIDE);
      const originals = await meansOf(images);
      images.dispose();
      const seen = new Set(originals.map((mean) => mean.toFixed(5)));
      const judge = blindTo(mixtures, (mean) => !seen.has(mean.toFixed(5)) && mean > 0.5);
      const { copies, places, report } = await copiesOf({ judge });
      expect(Math.max(...(await meansOf(copies)))).to.be.at.most(0.5);
      copies.dispose();
      expect(report.counts.fates['copy-unjudged']).to.equal(80 - places.length);
      expect(report.identity.notFound.copies).to.be.above(0);
      expect(places.length).to.be.within(10, 70);
    }));

  it('decides of near-duplicates alike, and throws them alike', () =>
    expectNoLeak(async () => {
      const images = tf.tidy(() => {
        const own = peopleImages(80, 1, SIDE);
        return tf.concat([own, tf.mul(tf.slice(own, 0, 10), 0.99)]) as tf.Tensor4D;
      });
      const { copies, places, report } = await anonymise(model, images, { ...OPTIONS, target: 0.2 });
      expect(report.counts.duplicates).to.equal(10);
      const made = pixelsOf(copies);
      for (let n = 0; n < 10; n += 1) {
        expect(largest(made[places.indexOf(n)] as number[], made[places.indexOf(80 + n)] as number[])).to.be.below(
          0.02,
        );
      }
      const first = (await meansOf(images))[80] as number;
      const blinded = blindTo(mixtures, (mean) => Math.abs(mean - first) < 1e-6);
      const other = await anonymise(model, images, { ...OPTIONS, judge: blinded, target: 0.2 });
      expect(other.report.counts.fates).to.include({ 'original-unjudged': 1, duplicate: 1 });
      expect(other.places).to.not.include(0);
      tf.dispose([images, other.copies]);
    }));

  const BOX = { top: 2, left: 2, height: 3, width: 3 };
  const mask = Float32Array.from({ length: SIDE * SIDE }, (_, n) => Number(n % SIDE < 3));
  const [IN_BOX, IN_MASK] = [
    [
      [2, 2],
      [3, 3],
    ],
    [
      [0, 0],
      [SIDE, 3],
    ],
  ] as const;
  const REGIONS = {
    'a box': [{ boxes: [BOX] }, 'boxes', (row: number, column: number) => row > 6 || column > 6, IN_BOX],
    'a mask': [{ mask }, 'mask', (_: number, column: number) => column > 5, IN_MASK],
    'what is detected': ['faces', 'faces', (row: number, column: number) => row > 6 || column > 6, IN_BOX],
  } as const;
  for (const per of ['set', 'image'] as const) {
    for (const [title, [region, told, isOutside, part]] of Object.entries(REGIONS)) {
      it(`changes ${title} and nothing else, per ${per}`, () =>
        expectNoLeak(async () => {
          const detect = async ({ shape: [count] }: tf.Tensor4D) => Array.from({ length: count }, () => [BOX]);
          const look = (images: tf.Tensor4D): tf.Tensor2D =>
            tf.tidy(() => pixels(tf.slice(images, [0, ...part[0], 0], [-1, ...part[1], -1])) as tf.Tensor2D);
          const embed: Embedder = Object.assign(look, { id: 'detecting', detect });
          const options = { embed, region: region as 'faces', per, target: 0.9, strengths: [0.9] };
          const { copies, places, report } = await copiesOf(options);
          expect(report.region).to.equal(told);
          const [made, own] = [pixelsOf(copies), pixelsOf(peopleImages(80, 1, SIDE))];
          expect(places.length).to.be.above(0);
          const outside = Array.from({ length: SIDE * SIDE }, (_, n) => n).filter((n) =>
            isOutside(Math.floor(n / SIDE), n % SIDE),
          );
          for (const [n, place] of places.entries()) {
            const [a, b] = [made[n] as number[], own[place] as number[]];
            expect(
              largest(
                outside.map((i) => a[i] as number),
                outside.map((i) => b[i] as number),
              ),
            ).to.be.below(1e-6);
            expect(largest(a, b)).to.be.above(0.05);
          }
        }));
    }
  }

  it('tries attacks on some of those by whom strength was not chosen', () =>
    expectNoLeak(async () => {
      const asked = { attacks: true, sample: 60, strengths: [0.6], target: 0.9, people: namesOf(60, 2) };
      const { copies, report } = await copiesOf(asked, [60, 2]);
      const { attacks } = report;
      expect(attacks?.replayed.withSeed.share).to.equal(1);
      expect(attacks?.plain.own?.of).to.be.at.most(15);
      expect(report.split.judging.people).to.equal(30);
      expect(JSON.stringify(report)).to.not.include('null');
      copies.dispose();
    }));

  it('takes bytes and data sets as well', () =>
    expectNoLeak(async () => {
      const images = tf.tidy(() => tf.cast(tf.round(tf.mul(peopleImages(80, 1, SIDE), 255)), 'int32')) as tf.Tensor4D;
      const whole = await anonymise(model, images, { ...OPTIONS, strengths: [0.8], target: 0.3 });
      expect(whole.copies.dtype).to.equal('int32');
      expect(Math.max(...(await whole.copies.data()))).to.be.within(150, 255);
      const rows = pixelsOf(images);
      const each = function* () {
        for (const row of rows)
          yield tf.tensor3d(
            row.map((value) => value / 255),
            [SIDE, SIDE, 1],
          );
      };
      const dataset = generator(each as never);
      const ones = await anonymise(model, dataset, { ...OPTIONS, strengths: [0.8], target: 0.3 });
      const bytes = tf.tidy(() => tf.mul(ones.copies, 255)) as tf.Tensor4D;
      expect(largest(pixelsOf(bytes).flat(), pixelsOf(whole.copies).flat())).to.be.below(0.51);
      ones.copies.dispose();
    }));

  it('ends when it is told to', () =>
    expectNoLeak(async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      expect((await rejection(copiesOf({ signal }))).message).to.equal('enough');
    }));

  const nobody = () => [] as never;
  const REFUSED: Readonly<Record<string, readonly [Partial<Record<keyof AnonymiseOptions, unknown>>, string]>> = {
    'no embedder': [{ embed: undefined }, 'bad-embed'],
    'no judge': [{ judge: 'human' }, 'bad-judge'],
    'a judge that chooses as well': [{ judge: pixels }, 'same-judge'],
    'a judge by the same name': [{ judge: Object.assign(nobody, { id: 'pixels' }) }, 'same-judge'],
    'a target of all': [{ target: 1 }, 'bad-target'],
    'a target that no strength meets': [{ strengths: [0.01], target: 0.05 }, 'target-not-met'],
    'a target that is not a number': [{ target: Number.NaN }, 'bad-target'],
    'too small a target for so few people': [{ target: 0.03 }, 'too-few-people'],
    'one person alone': [{ people: new Array(80).fill('one') }, 'too-few-people'],
    'fewer names than images': [{ people: ['one', 'two'] }, 'bad-people'],
    'fewer classes than images': [{ labels: [1, 2] }, 'bad-labels'],
    'no distance at all': [{ strengths: [0] }, 'bad-strength'],
    'a strength twice': [{ strengths: [0.2, 0.2] }, 'bad-strengths'],
    'a secret that can be guessed': [{ secret: '1234' }, 'bad-secret'],
    'faces where nothing detects': [{ region: 'faces' }, 'no-detector'],
    'a box outside': [{ region: { boxes: [{ top: 9, left: 9, height: 1, width: 1 }] } }, 'bad-region'],
    'a word for it that is none': [{ noFace: 'blur' }, 'unknown-no-face'],
    'classes for a model without any': [{ conditional: true, labels: new Array(80).fill(1) }, 'bad-label'],
    'an option that is none': [{ seed: 'a' }, 'unknown-option'],
    'an embedder that gives too few vectors': [{ embed: nobody }, 'bad-embedding'],
    'a prompt for a model without text': [{ prompt: 'a person' }, 'bad-prompt'],
  } as never;
  for (const [title, [options, code]] of Object.entries(REFUSED)) {
    it(`refuses ${title}`, () =>
      expectNoLeak(async () => {
        const error = await rejection(copiesOf(options as Partial<AnonymiseOptions>));
        expect(error).to.have.property('code', code);
        expect(error.message).to.match(/^[^\n]+$/);
        expect(error.message).to.not.include(SECRET);
      }));
  }
});

const meansOf = async (images: tf.Tensor4D): Promise<number[]> => {
  const means = tf.tidy(() => tf.mean(images, [1, 2, 3]));
  const values = [...(await means.data())];
  means.dispose();
  return values;
};

const largest = (a: readonly number[], b: readonly number[]): number => {
  expect(a.length).to.equal(b.length);
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - (b[n] as number))), 0);
};

const cosines = async (a: tf.Tensor2D, b: tf.Tensor2D): Promise<Float32Array> => {
  const near = cosineSimilarities(a, b);
  const values = await near.data<'float32'>();
  tf.dispose([near, a]);
  return values;
};
