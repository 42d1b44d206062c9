import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { NumericError } from '../../src/errors.ts';
import { makeModel } from '../../src/models/makeModel.ts';
import type { Conditions, Model } from '../../src/models/model.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { makeSolver, SOLVERS, solve, solveAsync } from '../../src/solvers/index.ts';
import { fromModelRange } from '../../src/tensors/range.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const exact = gaussianModel();

/** A model whose answer for the second image of a batch has one number that is not finite, from some call on. */
const brokenModel = (value: number, clip?: number, from = 0): Model => {
  let calls = 0;
  const run = (x: tf.Tensor4D, conditions: Conditions): tf.Tensor4D =>
    tf.tidy(() => {
      const answer = exact.predict(x, conditions.timesteps);
      calls += 1;
      if (calls <= from) return answer;
      const odd = new Float32Array(x.size);
      odd[Math.min(x.size - 1, 21)] = value;
      return tf.add(answer, tf.tensor4d(odd, x.shape));
    });
  const scheduler = { ...exact.scheduler, clip };
  const runner = {
    engine: 'tfjs' as const,
    run,
    runAsync: async (x: tf.Tensor4D, c: Conditions) => run(x, c),
    dispose() {},
  };
  return makeModel({ ...exact, scheduler }, runner);
};

for (const backend of ['wasm', 'cpu']) {
  describe(`numbers that are not finite on ${backend}`, () => {
    let images: tf.Tensor4D;
    before(async () => {
      await tf.setBackend(backend);
      images = gaussianImages(3, exact);
    });
    after(async () => {
      images.dispose();
      await tf.setBackend('wasm');
    });

    for (const solver of Object.keys(SOLVERS)) {
      for (const [value, clip] of [
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, undefined],
      ] as const) {
        it(`end a return by ${solver} when the network answers ${value}, clip ${clip}: model, engine, timestep, key`, async () => {
          const options = { strength: 0.4, seed: 'a', solver, steps: 3, keys: ['first', 'second', 'third'] };
          await expectNoLeak(async () => {
            const error = await rejection(boomerang(brokenModel(value, clip), images, options));
            expect(error).to.be.instanceOf(NumericError).with.property('code', 'not-finite');
            expect((error as Error).message).to.match(/gaussian-0\.35.*tfjs.*timestep \d.*1 of 3 images \(second\)/s);
          });
        });
      }
    }

    it('end a transform, mapped or awaited, in whichever step they come, and leave no tensor', async () => {
      for (const from of [0, 1, 2]) {
        const make = () =>
          boomerangAugment({ model: brokenModel(Number.NaN, 1, from), strength: 0.4, seed: 1, steps: 3 });
        await expectNoLeak(() => expect(() => make()(tf.clone(images))).to.throw(NumericError));
        await expectNoLeak(async () => {
          expect(await rejection(make().async(tf.clone(images)))).to.have.property('code', 'not-finite');
        });
      }
    });

    it('end a walk whose denoiser answers with them, at once or later', async () => {
      const denoise = (x: tf.Tensor4D): tf.Tensor4D => tf.mul(x, Number.NaN);
      const options = { x: images, legs: [{ from: 1, to: 0 }], solver: makeSolver('euler'), clip: 1, denoise };
      await expectNoLeak(() =>
        expect(() => solve(options))
          .to.throw(NumericError)
          .with.property('code', 'not-finite'),
      );
      await expectNoLeak(async () => {
        expect(await rejection(solveAsync(options))).to.have.property('code', 'not-finite');
      });
    });
  });
}

describe('pixels out', () => {
  it('are refused where they are not finite, since an integer made of NaN is black', () => {
    for (const dtype of ['float32', 'int32'] as const) {
      expect(() => fromModelRange(new Float32Array([0, Number.NaN]), '0..255', dtype)).to.throw(
        NumericError,
        /pixel 1/,
      );
    }
  });
});
