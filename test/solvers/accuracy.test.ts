import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { returnSigmas } from '../../src/noise/grids.ts';
import { alphaBarOf, noiseSchedule } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';
import { type Level, legsOf, makeSolver, solve } from '../../src/solvers/index.ts';
import { gaussian, gaussianDenoiser } from './gaussian.ts';

const SPREAD = 0.5;
const denoise = gaussianDenoiser(SPREAD);

/** How far a walk from sigma 4 to 0.4 in even steps of log sigma ends from the exact flow, for a pixel of 1. */
const errorAt = (name: string, steps: number): number =>
  tf.tidy(() => {
    const [high, low] = [4, 0.4];
    const sigmas = Array.from({ length: steps + 1 }, (_, i) => high * (low / high) ** (i / steps));
    const x = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
    const reached = solve({ x, legs: legsOf(sigmas), solver: makeSolver(name), denoise }).dataSync()[0] ?? Number.NaN;
    return Math.abs(reached - Math.sqrt((SPREAD ** 2 + low ** 2) / (SPREAD ** 2 + high ** 2)));
  });

describe('accuracy', () => {
  let backend: string;
  before(() => {
    backend = tf.getBackend();
    return tf.setBackend('cpu'); // quicker for tensors of one number
  });
  after(() => tf.setBackend(backend));

  for (const [name, order, steps] of [
    ['ddim', 1, 20],
    ['euler', 1, 20],
    ['heun', 2, 20],
    ['dpm++2m', 2, 20],
    ['power2m', 2, 20],
    ['unipc', 3, 40], // the corrector adds an order; the first step, of a lower one, shows for longer
  ] as const) {
    it(`${name} halves its step and divides its error by ${2 ** order}`, () => {
      expect(Math.log2(errorAt(name, steps) / errorAt(name, 2 * steps))).to.be.closeTo(order, 0.25);
    });
  }

  it('unipc is nearer than dpm++2m at the same number of evaluations', () => {
    for (const steps of [5, 10, 20]) expect(errorAt('unipc', steps)).to.be.below(errorAt('dpm++2m', steps) / 4);
  });
});

/** Mean square distance between images of N(0, SPREAD²) and what comes back from a strength in many small steps. */
const distance = (eta: number, strength: number): { measured: number; alphaBar: number; count: number } =>
  tf.tidy(() => {
    const shape: [number, number, number, number] = [1, 100, 100, 2];
    const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
    const start = resolveStrength(schedule, strength);
    const legs = legsOf(returnSigmas(schedule, { start, steps: 200, spacing: 'karras' }));
    const clean = tf.mul(gaussian(['images', strength], shape), SPREAD);
    const x = tf.add(clean, tf.mul(gaussian(['throw', strength], shape), start.sigma)) as tf.Tensor4D;
    const noise = (step: number): tf.Tensor4D => gaussian(['step', strength, step], shape);
    const back = solve({ x, legs, solver: makeSolver('ddim', { eta }), noise, denoise });
    const measured = tf.mean(tf.squaredDifference(back, clean)).dataSync()[0] ?? Number.NaN;
    return { measured, alphaBar: alphaBarOf(start.sigma), count: shape[1] * shape[2] * shape[3] };
  });

describe('the distance of a return', () => {
  for (const strength of [0.1, 0.4]) {
    it(`is the closed form's at strength ${strength} when the return is stochastic`, () => {
      const { measured, alphaBar: a, count } = distance(1, strength);
      const expected = (2 * SPREAD ** 2 * (1 - a)) / (a * SPREAD ** 2 + 1 - a);
      expect(measured / expected).to.be.closeTo(1, 5 / Math.sqrt(count));
    });

    it(`is the closed form's at strength ${strength} when the return is deterministic`, () => {
      const { measured, alphaBar: a, count } = distance(0, strength);
      const expected = 2 * SPREAD ** 2 * (1 - (SPREAD * Math.sqrt(a)) / Math.sqrt(a * SPREAD ** 2 + 1 - a));
      expect(measured / expected).to.be.closeTo(1, 5 / Math.sqrt(count));
    });
  }
});

describe('power2m', () => {
  it('is exact for estimates that run straight along its power of sigma, into 0 as well', () => {
    const power = 2 / 3;
    // With D = 1 + a sigma^p, x = 1 + a / (1 - p) sigma^p + b sigma solves dx / dsigma = (x - D) / sigma.
    const at = (sigma: number): number => 1 + (0.7 / (1 - power)) * sigma ** power - 0.2 * sigma;
    const denoise = (_: tf.Tensor4D, sigma: Level): tf.Tensor4D =>
      tf.fill([1, 1, 1, 1], 1 + 0.7 * (sigma as number) ** power);
    tf.tidy(() => {
      const solver = makeSolver('power2m');
      const x = tf.fill([1, 1, 1, 1], at(3)) as tf.Tensor4D;
      const reached = (sigmas: readonly number[]): number =>
        solve({ x, legs: legsOf(sigmas), solver, denoise }).dataSync()[0] as number;
      // The first step is of first order; from there on the flow is followed exactly, along another b.
      const b = (reached([3, 1.1]) - at(1.1)) / 1.1;
      expect(Math.abs(b)).to.be.above(1e-2);
      expect(reached([3, 1.1, 0.4])).to.be.closeTo(at(0.4) + b * 0.4, 1e-5);
      expect(reached([3, 1.1, 0.4, 0])).to.be.closeTo(at(0), 1e-5);
    });
  });

  it('is nearer than dpm++2m at the same number of evaluations on grids that end in 0', () => {
    const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
    const errorOf = (solver: string, spacing: 'karras' | 'power', steps: number): number =>
      tf.tidy(() => {
        const start = resolveStrength(schedule, 0.4);
        const x = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
        const legs = legsOf(returnSigmas(schedule, { start, steps, spacing }));
        const reached = solve({ x, legs, solver: makeSolver(solver), denoise }).dataSync()[0] ?? Number.NaN;
        return Math.abs(reached - SPREAD / Math.hypot(SPREAD, start.sigma));
      });
    for (const steps of [4, 5, 6, 7, 10]) {
      expect(errorOf('power2m', 'power', steps)).to.be.below(errorOf('dpm++2m', 'karras', steps));
    }
  });
});
