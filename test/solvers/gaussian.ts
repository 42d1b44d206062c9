import * as tf from '@tensorflow/tfjs-core';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { noiseSchedule } from '../../src/noise/schedule.ts';
import { fillGaussian, type SeedPath } from '../../src/random.ts';
import { type Denoiser, type Level, makeSolver, type Solver } from '../../src/solvers/index.ts';
import { perImage } from '../../src/solvers/levels.ts';

/** The exact denoiser of images whose pixels are drawn from N(0, spread²). */
export const gaussianDenoiser =
  (spread: number): Denoiser =>
  (x, sigma: Level) =>
    tf.mul(
      x,
      perImage((s) => spread ** 2 / (spread ** 2 + s * s), sigma),
    );

/** Standard normal numbers at an address, as a tensor. */
export const gaussian = (path: SeedPath, shape: [number, number, number, number]): tf.Tensor4D => {
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  fillGaussian(path, values);
  return tf.tensor4d(values, shape);
};

const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));

/** Every solver, the ones with an eta at both ends of it. */
export const VARIANTS: readonly (readonly [title: string, solver: Solver])[] = [
  ['ddpm', makeSolver('ddpm')],
  ['ddpm with large variance', makeSolver('ddpm', { variance: 'large' })],
  ['ddim', makeSolver('ddim')],
  ['ddim with eta 1', makeSolver('ddim', { eta: 1 })],
  ['euler', makeSolver('euler')],
  ['euler-ancestral', makeSolver('euler-ancestral')],
  ['heun', makeSolver('heun')],
  ['dpm++2m', makeSolver('dpm++2m')],
  ['power2m', makeSolver('power2m')],
  ['unipc', makeSolver('unipc')],
  ['lcm', makeSolver('lcm', { schedule })],
];
