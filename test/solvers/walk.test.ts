import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { returnSigmas, type Spacing } from '../../src/noise/grids.ts';
import { noiseSchedule } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';
import {
  batchSigmas,
  type Denoiser,
  evaluationsOf,
  type Level,
  legsOf,
  makeSolver,
  networkInput,
  solve,
  walk,
} from '../../src/solvers/index.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { gaussian, gaussianDenoiser, VARIANTS } from './gaussian.ts';

const SHAPE: [number, number, number, number] = [3, 2, 2, 1];
const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
const denoise = gaussianDenoiser(0.5);
const noise = (step: number): tf.Tensor4D => gaussian(['step', step], SHAPE);
const sigmasFrom = (strength: number, steps: number, spacing: Spacing = 'trailing'): number[] =>
  returnSigmas(schedule, { start: resolveStrength(schedule, strength), steps, spacing });

/** A denoiser that keeps count of the levels that it was asked about. */
const counting =
  (asked: Level[]): Denoiser =>
  (x, sigma) => {
    asked.push(sigma);
    return denoise(x, sigma);
  };

for (const [title, solver] of VARIANTS) {
  describe(`a walk with ${title}`, () => {
    it('takes the evaluations that were foretold, at every strength and spacing, to finite images', () =>
      expectNoLeak(() => {
        const x = gaussian(['x'], SHAPE);
        for (const spacing of ['trailing', 'leading', 'linspace', 'karras', 'power'] as const) {
          for (const [strength, steps] of [
            [1e-5, 3],
            [0.003, 50],
            [0.4, 1],
            [1, 5],
          ] as const) {
            const [asked, legs]: [Level[], ReturnType<typeof legsOf>] = [
              [],
              legsOf(sigmasFrom(strength, steps, spacing)),
            ];
            const back = solve({ x, legs, solver, noise, denoise: counting(asked) });
            expect(asked).to.have.lengthOf(evaluationsOf(solver, legs));
            expect(asked).to.have.lengthOf(solver.correct ? 2 * steps - 1 : steps);
            expect(back.dataSync().every(Number.isFinite)).to.equal(true);
            back.dispose();
          }
        }
        x.dispose();
      }));

    it('takes images of different strengths together as it takes each alone', () =>
      expectNoLeak(() =>
        tf.tidy(() => {
          const x = gaussian(['x'], SHAPE);
          const each = [0.7, 0, 0.003].map((strength) => sigmasFrom(strength, 4));
          const together = solve({ x, legs: legsOf(batchSigmas(each)), solver, noise, denoise, clip: 0.8 });
          each.forEach((sigmas, n) => {
            const at = (tensor: tf.Tensor4D): tf.Tensor4D => tf.slice(tensor, [n, 0, 0, 0], [1, ...SHAPE.slice(1)]);
            const alone = solve({
              x: at(x),
              legs: legsOf(sigmas),
              solver,
              noise: (step) => at(noise(step)),
              denoise,
              clip: 0.8,
            });
            expect(at(together)).to.be.tensorCloseTo(alone, 1e-6);
            if (sigmas[0] === 0) expect(at(together)).to.be.tensorCloseTo(at(x), 0);
          });
        }),
      ));

    it('leaves nothing behind when the network, the noise or the listener fails', async () => {
      const fail = (): never => {
        throw new Error('no');
      };
      const failures = [{ denoise: fail }, { noise: fail }, { onStep: fail }];
      for (const change of failures.filter((failure) => solver.stochastic || !('noise' in failure))) {
        await expectNoLeak(() => {
          const x = gaussian(['x'], SHAPE);
          const legs = legsOf([2, 1, 0]);
          expect(() => solve({ x, legs, solver, noise, denoise, ...change })).to.throw('no');
          x.dispose();
        });
      }
    });

    it('leaves nothing behind when it is given up half way', () =>
      expectNoLeak(() => {
        const x = gaussian(['x'], SHAPE);
        const steps = walk({ x, legs: legsOf([2, 1, 0.5, 0]), solver, noise });
        const first = steps.next();
        if (!first.done) steps.next(denoise(first.value.x, first.value.sigma));
        steps.return(x);
        x.dispose();
      }));
  });
}

describe('a walk', () => {
  const solver = makeSolver('ddim');

  it('neither returns nor disposes what it is given', () =>
    expectNoLeak(() => {
      const x = gaussian(['x'], SHAPE);
      const before = x.dataSync().slice();
      for (const legs of [[], legsOf([0, 0]), legsOf([1, 0])]) {
        const back = solve({ x, legs, solver, denoise });
        expect(back).to.not.equal(x);
        back.dispose();
      }
      expect(x.dataSync()).to.deep.equal(before);
      x.dispose();
    }));

  it('asks for nothing where nothing moves', () => {
    tf.tidy(() => {
      const x = gaussian(['x'], SHAPE);
      const asked: Level[] = [];
      const legs = legsOf(sigmasFrom(0, 10));
      expect(solve({ x, legs, solver, denoise: counting(asked) })).to.be.tensorCloseTo(x, 0);
      expect([asked, evaluationsOf(solver, legs)]).to.deep.equal([[], 0]);
    });
  });

  for (const name of ['ddpm', 'ddim', 'euler', 'heun', 'lcm']) {
    it(`with ${name} can be cut in two`, () => {
      tf.tidy(() => {
        const [x, legs, options] = [
          gaussian(['x'], SHAPE),
          legsOf([3, 2, 1, 0]),
          { solver: makeSolver(name, { schedule }), noise, denoise },
        ];
        const half = solve({ x, legs: legs.slice(0, 2), ...options });
        const cut = solve({ x: half, legs: legs.slice(2), firstStep: 2, ...options });
        expect(cut).to.be.tensorCloseTo(solve({ x, legs, ...options }), 0);
      });
    });
  }

  it('carries the variance-preserving images over a gap between legs', () => {
    tf.tidy(() => {
      const x = gaussian(['x'], SHAPE);
      const seen: tf.Tensor4D[] = [];
      const watch: Denoiser = (at, sigma) => {
        seen.push(tf.keep(networkInput(at, sigma)));
        return denoise(at, sigma);
      };
      const arrived = solve({ x, legs: legsOf([3, 1]), solver, denoise });
      solve({
        x,
        legs: [
          { from: 3, to: 1 },
          { from: 0.8, to: 0 },
        ],
        solver,
        denoise: watch,
      });
      expect(seen[1]).to.be.tensorCloseTo(networkInput(arrived, 1), 1e-6);
      tf.dispose(seen);
    });
  });

  it('tells the network the timestep of a leg that has one', () => {
    tf.tidy(() => {
      const asked: unknown[] = [];
      const listen: Denoiser = (x, sigma, timestep) => {
        asked.push(timestep);
        return denoise(x, sigma);
      };
      solve({
        x: gaussian(['x'], SHAPE),
        legs: [
          { from: 2, to: 1, timestep: 500 },
          { from: 1, to: 0 },
        ],
        solver,
        denoise: listen,
      });
      expect(asked).to.deep.equal([500, undefined]);
    });
  });

  it('counts its steps aloud', () => {
    tf.tidy(() => {
      const counts: number[][] = [];
      const onStep = (...count: number[]): unknown => counts.push(count);
      solve({ x: gaussian(['x'], SHAPE), legs: legsOf([2, 1, 0]), solver, denoise, onStep });
      expect(counts).to.deep.equal([
        [1, 2],
        [2, 2],
      ]);
    });
  });

  it('refuses what it cannot walk with', () =>
    expectNoLeak(() => {
      const x = gaussian(['x'], SHAPE);
      const refuses = (change: object, code: string): void => {
        expect(() => solve({ x, legs: legsOf([1, 0]), solver, denoise, ...change }))
          .to.throw(ArgumentError)
          .with.property('code', code);
      };
      refuses({ clip: 0 }, 'bad-clip');
      refuses({ clip: Number.NaN }, 'bad-clip');
      refuses({ firstStep: -1 }, 'bad-first-step');
      refuses(
        {
          legs: legsOf([
            [1, 1],
            [0, 0],
          ]),
        },
        'bad-levels',
      );
      refuses({ solver: makeSolver('ddpm') }, 'missing-noise');
      x.dispose();
    }));
});
