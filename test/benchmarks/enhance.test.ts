import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openEnlargers, openFeatures, openLanczos } from '../../benchmarks/enhance/peers.ts';
import { studyOf } from '../../benchmarks/enhance/study.ts';
import {
  BASELINE,
  type Enlarging,
  OURS,
  OURS_MEAN,
  plainWays,
  seenOf,
  type Way,
} from '../../benchmarks/enhance/ways.ts';
import type { Figure } from '../../benchmarks/figure.ts';
import { uniformStream } from '../../src/random.ts';
import { expectNoLeak } from '../support/tensors.ts';

const ENLARGING: Enlarging = { name: 'noise, 4 to 16', factor: 4, degrade: 'bicubic' };
const COUNT = 3;

const images = (): tf.Tensor4D => {
  const next = uniformStream(['enlarged']);
  const values = Float32Array.from({ length: COUNT * 256 }, () => 0.3 + 0.4 * next());
  return tf.tensor4d(values, [COUNT, 16, 16, 1]);
};

const batches = function* () {
  const truth = images();
  yield { truth, seen: seenOf(truth, ENLARGING), keys: [0, 1, 2] };
};

/** The truth with a part of what a filter misses of it. */
const nearly = (name: string, missing: number): Way => ({
  name,
  enlarge: async (seen) => ({
    images: tf.tidy(() =>
      tf.add(tf.mul(images(), 1 - missing), tf.mul(tf.image.resizeBilinear(seen, [16, 16]), missing)),
    ),
    evaluations: 15,
  }),
});

type Finding = Omit<Figure, 'engine' | 'bench'>;

const study = async (): Promise<Finding[]> => {
  const ways = [...(await plainWays(ENLARGING, undefined)), nearly(OURS, 0.5), nearly(OURS_MEAN, 0.2)];
  const found: Finding[] = [];
  for await (const one of studyOf(ENLARGING, { ways, batches, judges: {}, say: () => undefined })) found.push(one);
  return found;
};

describe('the study of enlarging', () => {
  it('measures every way on all images, with an interval of the mean', () =>
    expectNoLeak(async () => {
      const found = await study();
      const psnr = found.filter(({ what, table }) => what === 'PSNR' && table === ENLARGING.name);
      expect(psnr.map(({ at }) => at['way'])).to.deep.equal(['bicubic', BASELINE, OURS, OURS_MEAN]);
      for (const { median, q1, q3, runs } of psnr) {
        expect(runs).to.equal(COUNT);
        expect(median).to.be.above(q1).and.below(q3);
      }
    }));

  it('tells how far ours is ahead image by image, whichever way a measure counts', () =>
    expectNoLeak(async () => {
      const leads = (await study()).filter(({ wanted }) => wanted !== undefined);
      expect(leads.length).to.be.at.least(6);
      for (const { median, at, what } of leads) expect(median, `${what} beside ${at['beside']}`).to.be.above(0);
      const [first] = leads as [Finding];
      expect([first.at, first.what, first.wanted]).to.deep.equal([
        { ours: OURS_MEAN, beside: BASELINE },
        'PSNR',
        { least: 1 },
      ]);
    }));

  it('comes nearer to what was seen by back-projection', () =>
    expectNoLeak(async () => {
      const errors = (await study()).filter(({ what }) => what === 'error against what was seen');
      const of = (way: string): number => errors.find(({ at }) => at['way'] === way)?.median as number;
      expect(of(BASELINE)).to.be.below(0.6 * of('bicubic'));
    }));

  it('has no likeness of people where nobody is found, and says how many were', () =>
    expectNoLeak(async () => {
      const judges = { identity: { embed: (all: tf.Tensor4D) => Array(all.shape[0]).fill(null), known: new Map() } };
      const found: Finding[] = [];
      const work = { ways: [nearly(OURS, 0.5)], batches, judges, say: () => undefined };
      for await (const one of studyOf(ENLARGING, work)) found.push(one);
      expect(found.filter(({ what }) => what === 'identity')).to.deep.equal([]);
      expect(found.find(({ what }) => what === 'faces found')?.median).to.equal(0);
    }));

  it('goes without what others made where it is not there', async () => {
    expect(await openEnlargers(undefined, 4)).to.deep.equal([]);
    expect(await openFeatures('nowhere')).to.equal(undefined);
    expect(await openLanczos('nowhere')).to.equal(undefined);
  });
});
