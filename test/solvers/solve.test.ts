import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { legsOf, makeSolver, solve, solveAsync } from '../../src/solvers/index.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { gaussian, gaussianDenoiser, VARIANTS } from './gaussian.ts';

const SHAPE: [number, number, number, number] = [2, 2, 2, 1];
const legs = legsOf([3, 2, 1, 0]);
const denoise = gaussianDenoiser(0.5);
const noise = (step: number): tf.Tensor4D => gaussian(['step', step], SHAPE);
const later = async (x: tf.Tensor4D, sigma: Parameters<typeof denoise>[1]): Promise<tf.Tensor4D> => {
  await Promise.resolve();
  return tf.tidy(() => denoise(x, sigma));
};

/** What a promise is rejected with. */
const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('should have been rejected'),
    (reason: unknown) => reason,
  );

describe('solve', () => {
  for (const [title, solver] of VARIANTS) {
    it(`gives the same images with ${title}, at once or awaited`, () =>
      expectNoLeak(async () => {
        const x = gaussian(['x'], SHAPE);
        const now = solve({ x, legs, solver, noise, denoise });
        const awaited = await solveAsync({ x, legs, solver, noise, denoise: later });
        expect(awaited).to.be.tensorCloseTo(now, 0);
        tf.dispose([x, now, awaited]);
      }));
  }

  const solver = makeSolver('heun');

  it('stops before its next step when it is aborted, with the reason that was given', () =>
    expectNoLeak(async () => {
      const x = gaussian(['x'], SHAPE);
      const reason = new Error('enough');
      for (const stopAt of [1, 2]) {
        const control = new AbortController();
        const done: number[] = [];
        const onStep = (count: number): void => {
          done.push(count);
          if (count === stopAt) control.abort(reason);
        };
        const options = { x, legs, solver, denoise: later, signal: control.signal, onStep };
        expect(await reasonOf(solveAsync(options))).to.equal(reason);
        expect(done.at(-1)).to.equal(stopAt);
        expect(() => solve({ ...options, denoise })).to.throw('enough');
      }
      x.dispose();
    }));

  it('lets an abort arrive from outside while it walks', () =>
    expectNoLeak(async () => {
      const x = gaussian(['x'], SHAPE);
      const control = new AbortController();
      setImmediate(() => control.abort());
      const walking = solveAsync({ x, legs, solver, denoise: later, signal: control.signal });
      expect(await reasonOf(walking)).to.equal(control.signal.reason);
      x.dispose();
    }));

  it('leaves nothing behind when an awaited network fails', () =>
    expectNoLeak(async () => {
      const x = gaussian(['x'], SHAPE);
      let calls = 0;
      const failing: typeof later = async (at, sigma) => {
        calls += 1;
        if (calls === 3) throw new Error('lost');
        return later(at, sigma);
      };
      expect(await reasonOf(solveAsync({ x, legs, solver, denoise: failing }))).to.have.property('message', 'lost');
      x.dispose();
    }));

  it('frees what a network made and did not return', () =>
    expectNoLeak(() => {
      const x = gaussian(['x'], SHAPE);
      const untidy: typeof denoise = (at, sigma) => tf.add(denoise(at, sigma), tf.scalar(0));
      tf.dispose([x, solve({ x, legs, solver, denoise: untidy })]);
    }));
});
