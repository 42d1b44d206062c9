import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { noiseSchedule } from '../../src/noise/schedule.ts';
import { type Leg, legsOf, makeSolver, SOLVERS, type SolverOptions, solve } from '../../src/solvers/index.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { gaussian, gaussianDenoiser } from './gaussian.ts';

const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
const SHAPE: [number, number, number, number] = [2, 3, 3, 1];
const legs = legsOf([3, 1.5, 0.5, 0]);
const denoise = gaussianDenoiser(0.5);
const noise = (step: number): tf.Tensor4D => gaussian(['step', step], SHAPE);

type Named = readonly [name: string, options?: SolverOptions];
const run = ([name, options]: Named, change: { legs?: readonly Leg[]; clip?: number } = {}): tf.Tensor4D =>
  solve({ x: tf.mul(gaussian(['x'], SHAPE), 3), legs, solver: makeSolver(name, options), noise, denoise, ...change });

const expectSame = (a: Named, b: Named, change: { legs?: readonly Leg[]; clip?: number } = {}): void =>
  tf.tidy(() => {
    expect(run(a, change)).to.be.tensorCloseTo(run(b, change), 1e-6);
  });

describe('solvers', () => {
  it('are one where they should be', () => {
    expectSame(['euler-ancestral', { eta: 1 }], ['ddpm']);
    expectSame(['euler-ancestral', { eta: 1 }], ['ddpm'], { clip: 0.1 });
    expectSame(['euler-ancestral', { eta: 0 }], ['euler'], { clip: 0.1 });
    expectSame(['ddim', { eta: 1 }], ['ddpm']);
    expectSame(['ddim'], ['euler']);
    expectSame(['heun'], ['euler'], { legs: legsOf([3, 0]) });
    expectSame(['dpm++2m'], ['euler'], { legs: legsOf([3, 0.5]) });
    expectSame(['dpm++2m'], ['euler'], { legs: legs.map((leg) => ({ ...leg, lowerOrder: true })) });
    expectSame(['power2m'], ['euler'], { legs: legsOf([3, 0.5]) });
    expectSame(['power2m'], ['euler'], { legs: legs.map((leg) => ({ ...leg, lowerOrder: true })) });
    expectSame(['unipc'], ['euler'], { legs: legsOf([3, 0.5]) });
    expectSame(['unipc'], ['dpm++2m'], { legs: legsOf([3, 0.5, 0]) }); // the last arrival is not corrected
  });

  it('differ where they should', () => {
    tf.tidy(() => {
      const results = [
        ['ddpm'],
        ['ddpm', { variance: 'large' }],
        ['ddim'],
        ['ddim', { eta: 0.5 }],
        ['heun'],
        ['dpm++2m'],
        ['power2m'],
        ['unipc'],
        ['lcm', { schedule }],
      ];
      results.forEach((a, i) => {
        for (const b of results.slice(i + 1)) {
          expect(run(a as unknown as Named)).to.not.be.tensorCloseTo(run(b as unknown as Named), 1e-3);
        }
      });
    });
  });

  it('give DDIM under clipping the noise of the unclipped estimate', () => {
    tf.tidy(() => {
      const x = tf.fill([1, 1, 1, 1], 2) as tf.Tensor4D;
      const far = (): tf.Tensor4D => tf.fill([1, 1, 1, 1], 1.5) as tf.Tensor4D;
      const step = (name: string): number | undefined =>
        solve({ x, legs: legsOf([1, 0.5]), solver: makeSolver(name), clip: 1, denoise: far }).dataSync()[0];
      expect(step('ddim')).to.be.closeTo(1 + 0.5 * (2 - 1.5), 1e-6);
      expect(step('euler')).to.be.closeTo(1 + 0.5 * (2 - 1), 1e-6);
    });
  });

  it('that are large in variance keep white noise what it is', () => {
    tf.tidy(() => {
      const shape: [number, number, number, number] = [1, 100, 100, 1];
      const white = gaussianDenoiser(1);
      const draw = (step: number): tf.Tensor4D => gaussian(['white', step], shape);
      const x = tf.mul(gaussian(['start'], shape), Math.hypot(1, 3)) as tf.Tensor4D;
      const solver = makeSolver('ddpm', { variance: 'large' });
      const back = solve({ x, legs: legsOf([3, 1]), solver, noise: draw, denoise: white });
      const variance = tf.moments(back).variance.dataSync()[0] ?? 0;
      expect(variance / 2).to.be.closeTo(1, 5 / Math.sqrt(10000)); // 1 + sigma² at sigma 1
    });
  });

  it('say whether they draw noise', () => {
    const drawing = Object.keys(SOLVERS).filter((name) => makeSolver(name, { schedule }).stochastic);
    expect(drawing).to.have.members(['ddpm', 'euler-ancestral', 'lcm']);
    expect(makeSolver('ddim', { eta: 0.1 }).stochastic).to.equal(true);
    expect(makeSolver('euler-ancestral', { eta: 0 }).stochastic).to.equal(false);
  });

  it('draw once for each step, by its number, and not at all into 0', () =>
    expectNoLeak(() => {
      for (const [name, drawn] of [
        ['ddpm', [7, 8]],
        ['ddim', []],
        ['euler-ancestral', [7, 8]],
        ['heun', []],
        ['power2m', []],
        ['unipc', []],
        ['lcm', [7, 8]],
      ] as const) {
        const steps: number[] = [];
        const x = gaussian(['x'], SHAPE);
        const counted = (step: number): tf.Tensor4D => {
          steps.push(step);
          return noise(step);
        };
        const solver = makeSolver(name, { schedule });
        tf.dispose([x, solve({ x, legs, solver, noise: counted, firstStep: 7, denoise })]);
        expect(steps).to.deep.equal(drawn);
      }
    }));

  const refused: [string, SolverOptions, string, RegExp][] = [
    ['huen', {}, 'unknown-solver', /huen.*heun/],
    ['ddim', { eta: 1.1 }, 'bad-eta', /1\.1/],
    ['ddim', { eta: -0.1 }, 'bad-eta', /-0\.1/],
    ['euler', { eta: Number.NaN }, 'bad-eta', /NaN/],
    ['euler', { eta: 1 }, 'bad-eta', /euler/],
    ['ddpm', { eta: 0 }, 'bad-eta', /ddpm/],
    ['unipc', { eta: 0.5 }, 'bad-eta', /unipc.*0\.5/],
    ['lcm', { eta: 0, schedule }, 'bad-eta', /lcm/],
    ['lcm', {}, 'missing-schedule', /schedule of the model/],
    ['lcm', { schedule, timestepScaling: 0 }, 'bad-timestep-scaling', /above 0, got 0/],
    ['ddpm', { variance: 'learned' as 'small' }, 'unknown-variance', /learned.*small, large/],
  ];
  for (const [name, options, code, message] of refused) {
    it(`refuse ${name} with ${JSON.stringify({ ...options, schedule: undefined })}: ${code}`, () => {
      expect(() => makeSolver(name, options))
        .to.throw(ArgumentError, message)
        .with.property('code', code);
    });
  }
});
