import { expect } from 'chai';
import type { PictureSet } from '../../benchmarks/anonymise/pictures.ts';
import { type Material, studyOf } from '../../benchmarks/anonymise/study.ts';
import { tablesOf } from '../../benchmarks/anonymise/tables.ts';
import type { Vectors } from '../../src/apps/anonymise/embedder.ts';
import { uniformStream } from '../../src/random.ts';
import { expectNoLeak } from '../support/tensors.ts';

const PEOPLE = 130;
const WIDTH = 16;

const randomBytes = (path: string, size: number): Uint8Array => {
  const next = uniformStream([path]);
  return Uint8Array.from({ length: size }, () => Math.floor(256 * next()));
};

const vectors = (path: string): Vectors => {
  const data = Float32Array.from(randomBytes(path, PEOPLE * WIDTH), (value) => value - 127.5);
  const all = { isFound: Array(PEOPLE).fill(true), attributes: Array(PEOPLE).fill(undefined) };
  return { count: PEOPLE, width: WIDTH, data: unit(data), ...all };
};

const unit = (data: Float32Array): Float32Array =>
  data.map((value, i) => {
    const row = data.subarray(i - (i % WIDTH), i - (i % WIDTH) + WIDTH);
    return value / Math.hypot(...row);
  });

describe('the study of anonymising', () => {
  const originals: PictureSet = {
    bytes: randomBytes('pictures', PEOPLE * 4 * 4),
    shape: [4, 4, 1],
    people: Array.from({ length: PEOPLE }, (_, n) => `person ${n}`),
  };
  const [a, b] = [vectors('a'), vectors('b')];
  /** Level 1 hides nobody. Level 2 hides from `a` only, level 3 from both. */
  const material: Material = {
    originals,
    seen: { a, b },
    places: [...originals.people.keys()],
    tried: [
      { way: { name: 'blur', level: 3 }, copies: originals, seen: { a: vectors('c'), b: vectors('d') } },
      { way: { name: 'blur', level: 1 }, copies: originals, seen: { a, b } },
      { way: { name: 'blur', level: 2 }, copies: originals, seen: { a: vectors('c'), b } },
    ],
  };

  it('tells for each judge who is recognised, level by level', () =>
    expectNoLeak(async () => {
      const { curves, images, people, gallery } = await studyOf(material);
      expect([images, people, gallery]).to.deep.equal([PEOPLE, PEOPLE, PEOPLE]);
      const recognised = curves.map(({ judge, level, own }) => [judge, level, (own?.[0] as number) > 0.5]);
      expect(recognised).to.deep.equal([
        ...[['a', 1, true], ['a', 2, false], ['a', 3, false]], // biome-ignore format: a row for each judge
        ...[['b', 1, true], ['b', 2, true], ['b', 3, false]], // biome-ignore format: a row for each judge
      ]);
      for (const { ssim, distance } of curves) expect([ssim, distance]).to.deep.equal([1, 0]);
    }));

  it('takes the first level that hides people from one judge, and has another one judge it by other people', () =>
    expectNoLeak(async () => {
      const study = await studyOf(material);
      const [byA, byB] = ['a', 'b'].map((by) =>
        study.chosen.filter(({ chosenBy, target }) => chosenBy === by && target === 0.1),
      );
      expect(byA).to.have.lengthOf(1);
      expect(byA?.[0]).to.include({ level: 2 });
      expect(byA?.[0]?.judged?.own).to.deep.equal([1, ...[0.955, 1], PEOPLE / 2]);
      expect(byB?.[0]).to.include({ level: 3 });
      expect(byB?.[0]?.judged?.own?.[0]).to.be.below(0.1);
      expect(tablesOf(study).chosen).to.match(/Chosen by b on half of the people, judged by a on the other half/);
    }));
});
