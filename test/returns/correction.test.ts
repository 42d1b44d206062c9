import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, NumericError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import type { Correction } from '../../src/returns/correction.ts';
import { driveAsync } from '../../src/returns/drive.ts';
import { fly } from '../../src/returns/flight.ts';
import { readImages } from '../../src/returns/images.ts';
import { planReturn } from '../../src/returns/plan.ts';
import type { ReturnOptions } from '../../src/returns/returnOptions.ts';
import { SOLVERS } from '../../src/solvers/index.ts';
import { counted, openTiny } from '../latent/tiny.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

/** The return of two images, in [-1, 1], not clipped. */
const returned = async (model: Model, correction?: Correction, options: Partial<ReturnOptions> = {}) => {
  const images = gaussianImages(2, model);
  const values = await images.data();
  images.dispose();
  const plan = planReturn(model, { strength: 0.4, solver: 'ddim', steps: 4, ...options });
  const throws = readImages(values, { count: 2, range: '0..1' }).map((image) => ({
    image,
    address: { seed: 'a', key: image.key, variant: 0, epoch: 0, throwEpoch: 0 },
    plan,
    aim: {},
  }));
  const { pixels } = await driveAsync(fly(model, throws, { correction }));
  return pixels.flatMap((image) => [...image]);
};

const clone: Correction['change'] = (clean) => tf.clone(clean);

describe('a correction of the clean estimate', () => {
  const model = gaussianModel();

  for (const solver of Object.keys(SOLVERS)) {
    it(`has the last word with ${solver}, and changes nothing by changing nothing`, () =>
      expectNoLeak(async () => {
        const same = await returned(model, { change: clone }, { solver });
        expect(same).to.deep.equal(await returned(model, undefined, { solver }));
        const target = gaussianImages(2, model);
        const change: Correction['change'] = async () => tf.clone(target);
        const wanted = [...target.dataSync()];
        const ended = await returned(model, { change }, { solver });
        target.dispose();
        expect(largestDifference(ended, wanted)).to.be.below(1e-5);
      }));
  }

  it('is asked of every estimate, at falling levels, or of those that are due', () =>
    expectNoLeak(async () => {
      const levelsOf = async (isDue?: Correction['isDue']): Promise<number[]> => {
        const levels: number[] = [];
        const change: Correction['change'] = (clean, sigma) => {
          levels.push(sigma as number);
          return tf.clone(clean);
        };
        await returned(model, { change, isDue }, { steps: 5 });
        return levels;
      };
      const all = await levelsOf();
      expect(all).to.have.lengthOf(5);
      expect(all.every((level, n) => n === 0 || level < (all[n - 1] as number))).to.equal(true);
      expect(await levelsOf((call) => call === 1)).to.deep.equal([all[1], all[4]]);
    }));

  it('sees images as the model clips them', () =>
    expectNoLeak(async () => {
      const clipping = gaussianModel([4, 4, 1], 0.35, { clip_sample: true, clip_sample_range: 0.1 });
      let most = 0;
      const change: Correction['change'] = (clean) => {
        most = Math.max(most, ...clean.dataSync());
        return tf.clone(clean);
      };
      await returned(clipping, { change });
      expect(most).to.be.closeTo(0.1, 1e-6);
    }));

  for (const [name, change, code] of [
    ['another shape', () => tf.zeros([1, 4, 4, 1]), 'bad-correction'],
    ['NaN', (clean) => tf.mul(clean, Number.NaN), 'not-finite'],
    ['a promise of infinity', async (clean) => tf.fill(clean.shape, 1 / 0), 'not-finite'],
  ] as readonly (readonly [string, Correction['change'], string])[]) {
    it(`is refused where it gives ${name}, and leaves nothing behind`, () =>
      expectNoLeak(async () => {
        const error = await rejection(returned(model, { change }));
        expect(error).to.be.instanceOf(code === 'not-finite' ? NumericError : ArgumentError);
        expect(error).to.have.property('code', code);
      }));
  }

  it('that fails ends the return with its own error, and leaves nothing behind', () =>
    expectNoLeak(async () => {
      const broken = new Error('no more');
      const change: Correction['change'] = () => Promise.reject(broken);
      expect(await rejection(returned(model, { change }))).to.equal(broken);
    }));
});

describe('a correction with a latent model', () => {
  let model: Model;
  before(async () => {
    model = await openTiny('ldm');
  });
  after(() => model.dispose());

  it('sees images, and changes nothing by changing nothing, whatever the autoencoder loses', () =>
    expectNoLeak(async () => {
      const shapes = new Set<string>();
      const change: Correction['change'] = (clean) => {
        shapes.add(`${clean.shape}`);
        return tf.clone(clean);
      };
      expect(await returned(model, { change })).to.deep.equal(await returned(model));
      expect([...shapes]).to.deep.equal([`2,${model.imageShape}`]);
    }));

  it('has the last word there as well, in images', () =>
    expectNoLeak(async () => {
      const target = gaussianImages(2, model);
      const wanted = [...target.dataSync()];
      const ended = await returned(model, { change: () => tf.clone(target) });
      target.dispose();
      expect(ended).to.deep.equal(wanted);
    }));

  it('is brought into the latents, at the price of one decoding and two encodings for all but the last', () =>
    expectNoLeak(async () => {
      const watched = counted(model);
      const darker: Correction['change'] = (clean) => tf.sub(clean, 0.5);
      const changed = await returned(watched, { change: darker, isDue: (call) => call % 2 === 0 });
      const once = await returned(model, { change: darker, isDue: () => false });
      expect(largestDifference(changed, once)).to.be.above(0.01);
      expect(watched.calls.decoded).to.deep.equal([2, 2, 2]); // the corrections of steps 0 and 2, and the landing
      expect(watched.calls.encoded).to.deep.equal([2, 2, 2, 2, 2]);
    }));

  it('is refused there, too, where it comes last and gives NaN, and leaves nothing behind', () =>
    expectNoLeak(async () => {
      const change: Correction['change'] = (clean) => tf.mul(clean, Number.NaN);
      const error = await rejection(returned(model, { change, isDue: () => false }));
      expect(error).to.have.property('code', 'not-finite');
    }));
});
