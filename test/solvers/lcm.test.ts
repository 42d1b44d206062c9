import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { returnSigmas } from '../../src/noise/grids.ts';
import { noiseSchedule, sigmaAt } from '../../src/noise/schedule.ts';
import { type Denoiser, type Level, legsOf, makeSolver, networkInput, solve } from '../../src/solvers/index.ts';
import { perImage } from '../../src/solvers/levels.ts';
import { gaussian } from './gaussian.ts';

const SPREAD = 0.5;
const SHAPE: [number, number, number, number] = [1, 100, 100, 1];
const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
const solver = makeSolver('lcm', { schedule });
const noise = (step: number): tf.Tensor4D => gaussian(['step', step], SHAPE);

/** The network that distillation aims at, for images from N(0, SPREAD²): where the probability flow ends. */
const consistent: Denoiser = (x, sigma: Level) =>
  tf.mul(
    x,
    perImage((s) => SPREAD / Math.hypot(SPREAD, s), sigma),
  );

describe('lcm', () => {
  it('brings the spread of the data back in any number of steps, with a network that is consistent', () => {
    for (const steps of [1, 2, 4, 8]) {
      tf.tidy(() => {
        const sigmas = returnSigmas(schedule, { start: { sigma: sigmaAt(schedule, 700) }, steps, spacing: 'trailing' });
        const start = Math.hypot(SPREAD, sigmas[0] ?? Number.NaN);
        const x = tf.mul(gaussian(['x'], SHAPE), start) as tf.Tensor4D;
        const back = solve({ x, legs: legsOf(sigmas), solver, noise, denoise: consistent });
        const spread = tf.moments(back).variance.dataSync()[0] ?? Number.NaN;
        expect(spread / SPREAD ** 2, `${steps} steps`).to.be.closeTo(1, 5 / Math.sqrt(10000));
      });
    }
  });

  it('takes an image at timestep 0 for clean, whatever the network says of it', () => {
    tf.tidy(() => {
      const x = gaussian(['x'], SHAPE);
      const sigma = sigmaAt(schedule, 0);
      const wrong: Denoiser = (at) => tf.onesLike(at);
      const back = solve({ x, legs: legsOf([sigma, 0]), solver, noise, denoise: wrong });
      expect(back).to.be.tensorCloseTo(networkInput(x, sigma), 1e-7);
    });
  });
});
