import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import {
  type CascadeCalibration,
  calibrateCascade,
  mostCascadeEvaluations,
} from '../../../../src/apps/enhance/cascades/calibrateCascade.ts';
import type { MeasuredCascade } from '../../../../src/apps/enhance/cascades/measured.ts';
import type { CascadeOptions } from '../../../../src/apps/enhance/cascades/options.ts';
import { enhance } from '../../../../src/apps/enhance/enhance.ts';
import { psnr } from '../../../../src/apps/enhance/quality/psnr.ts';
import { ArgumentError } from '../../../../src/errors.ts';
import { gaussianImages, gaussianModel } from '../../../support/gaussianModel.ts';
import { expectNoLeak } from '../../../support/tensors.ts';

const COUNT = 12;
const OPTIONS = { factor: 2, degrade: 'mean', evaluations: 5, samples: 2, seed: 'a' } as const;

describe('calibrateCascade', () => {
  const model = gaussianModel([8, 8, 1]);
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(COUNT, model);
  });
  after(() => images.dispose());

  const calibrate = (options: Partial<CascadeOptions> = {}): Promise<CascadeCalibration> =>
    calibrateCascade(model, images, { ...OPTIONS, ...options });

  it('tells of each cascade what enhance makes of the same images by it', () =>
    expectNoLeak(async () => {
      const all: MeasuredCascade[] = [];
      await calibrate({ onMeasured: (one) => void all.push(one) });
      const { cascade, mean, evaluations } = all.at(-1) as MeasuredCascade;
      const seen = tf.tidy(() => {
        const small = tf.avgPool(images, 2, 2, 'valid');
        return tf.div<tf.Tensor4D>(tf.round(tf.mul(small, 255)), 255);
      });
      const { factor, degrade, samples, seed } = OPTIONS;
      const made = await enhance(model, seen, { factor, degrade, samples, seed, cascade });
      const expected = tf.tidy(() => [...psnr(made.images, images).dataSync()]);
      tf.dispose([seen, made.images, made.uncertainty as tf.Tensor]);
      expect(made.evaluations).to.equal(2 * evaluations);
      expect(mean.psnr).to.have.length(COUNT);
      for (const [n, value] of mean.psnr.entries()) expect(value).to.be.closeTo(expected[n] as number, 1e-3);
    }));

  it('chooses among what it measured, and counts what that took', async () => {
    model.asked.images = 0;
    const { chosen, best, cascade, points, baseline, ...counts } = await calibrate();
    expect(cascade).to.equal(chosen.cascade);
    expect(points).to.include(chosen).and.to.include(best);
    expect(baseline.cascade).to.deep.equal([]);
    expect(counts).to.include({ samples: 2, images: COUNT, evaluations: model.asked.images });
    expect(counts.evaluations).to.be.at.most(mostCascadeEvaluations(model, COUNT, OPTIONS));
    expect(Math.max(...points.map(({ evaluations }) => evaluations))).to.equal(5);
  });

  it('measures nothing again that is known, and finds the same', async () => {
    const all: MeasuredCascade[] = [];
    const whole = await calibrate({ onMeasured: (one) => void all.push(one) });
    const known = (JSON.parse(JSON.stringify(all)) as MeasuredCascade[]).slice(0, 4);
    const told: MeasuredCascade[] = [];
    expect(await calibrate({ known, onMeasured: (one) => void told.push(one) })).to.deep.equal(whole);
    expect(told).to.have.length(all.length - 4);
    model.asked.images = 0;
    await calibrate({ known: all });
    expect(model.asked.images).to.equal(0);
  });

  it('gives the same for the same seed alone, of float32 as of int32', async () => {
    const once = await calibrate();
    expect(await calibrate()).to.deep.equal(once);
    expect(await calibrate({ seed: 'b' })).to.not.deep.equal(once);
    const bytes = tf.tidy(() => tf.cast<tf.Tensor4D>(tf.round(tf.mul(images, 255)), 'int32'));
    const ofBytes = await calibrateCascade(model, bytes, { ...OPTIONS, noise: 25.5 }).finally(() => bytes.dispose());
    const ofFloats = await calibrate({ noise: 0.1 });
    expect(ofBytes.best.mean.psnr.mean).to.be.closeTo(ofFloats.best.mean.psnr.mean, 0.2);
    expect(ofFloats.best.mean.psnr.mean).to.be.below(once.best.mean.psnr.mean); // noise was added, and told
  });

  it('tells how far it is, never back, to the end', async () => {
    const shares: number[] = [];
    await calibrate({ onProgress: (done, total) => void shares.push(done / total) });
    expect(shares).to.deep.equal(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).to.equal(1);
  });

  it('ends when it is told to, and leaves no tensor behind', () =>
    expectNoLeak(async () => {
      const stop = new AbortController();
      const onMeasured = ({ cascade }: MeasuredCascade) => cascade.length > 0 && stop.abort(new Error('enough'));
      const run = calibrate({ signal: stop.signal, onMeasured: (one) => void onMeasured(one) });
      expect(await run.catch((error: Error) => error.message)).to.equal('enough');
    }));

  const REFUSED: Readonly<Record<string, readonly [options: object, code: string]>> = {
    'a goal that is none': [{ goal: 'speed' }, 'unknown-goal'],
    'no factor': [{ factor: undefined }, 'bad-factor'],
    'a factor of 1.3': [{ factor: 1.3 }, 'bad-factor'],
    'a factor that does not divide the size': [{ factor: 3 }, 'bad-factor'],
    'a cascade of its own': [{ cascade: [] }, 'unknown-option'],
    'a mask': [{ mask: [1] }, 'unknown-option'],
    'no evaluations': [{ evaluations: 0 }, 'bad-evaluations'],
    'what was measured of other images': [
      { known: [{ cascade: [], mean: { psnr: [1] }, one: { psnr: [1] } }] },
      'bad-known',
    ],
  };
  for (const [title, [options, code]] of Object.entries(REFUSED)) {
    it(`refuses ${title}, in one line`, () =>
      expectNoLeak(async () => {
        const error = await calibrate(options).catch((one: unknown) => one);
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
        expect((error as Error).message).to.not.include('\n');
      }));
  }

  it('refuses images of another size, and fewer than say anything', async () => {
    const codeOf = async (shape: [number, number, number, number]): Promise<unknown> => {
      const given = tf.zeros<tf.Rank.R4>(shape);
      const run = calibrateCascade(model, given, OPTIONS).finally(() => given.dispose());
      return run.catch((error: ArgumentError) => error.code);
    };
    expect(await codeOf([12, 16, 16, 1])).to.equal('bad-image-shape');
    expect(await codeOf([9, 8, 8, 1])).to.equal('too-few-images');
  });
});
