import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { returnSigmas } from '../../src/noise/grids.ts';
import { alphaBarOf, noiseSchedule } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';
import { legsOf, makeSolver, solve } from '../../src/solvers/index.ts';
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
