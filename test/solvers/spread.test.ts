import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { alphaBarTable, zeroTerminalSnr } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas, sigmoidBetas } from '../../src/noise/betas.ts';
import { returnSigmas, type Spacing } from '../../src/noise/grids.ts';
import type { Level } from '../../src/noise/leg.ts';
import { noiseSchedule } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';
import { legsOf, makeSolver, type Solver, solve } from '../../src/solvers/index.ts';

const SCHEDULES = {
  linear: linearBetas(1000),
  'scaled linear': scaledLinearBetas(1000),
  sigmoid: sigmoidBetas(1000),
  cosine: cosineBetas(1000),
  'linear of zero terminal SNR': zeroTerminalSnr(linearBetas(1000)),
  'scaled linear of zero terminal SNR': zeroTerminalSnr(scaledLinearBetas(1000)),
};
const STRENGTHS = [0.9, 0.95, 0.99, 1];
const SPREADS = [0.25, 1];
const MEAN = 0.4;
const EVEN: readonly Spacing[] = ['trailing', 'leading', 'linspace'];

/**
 * What share of the spread of the data comes back, at least and at most, in so many steps. Few steps lose variance,
 * ancestral ones most; trailing ones from where the last step is long. Heun's overshoot a first step that is long. lcm is
 * for other networks than this one: see lcm.test.ts.
 */
const BOUNDS: readonly (readonly [solver: string, spacings: readonly Spacing[], bounds: Bounds])[] = [
  ['dpm++2m', ['karras'], { 7: [0.87, 1.15], 20: [0.99, 1.07], 50: [0.98, 1.02] }],
  ['dpm++2m', EVEN, { 7: [0.43, 1.42], 20: [0.72, 1.3], 50: [0.86, 1.14] }],
  ['ddim', ['karras'], { 7: [0.57, 0.9], 20: [0.83, 1], 50: [0.92, 1] }],
  ['ddim', EVEN, { 7: [0.4, 0.9], 20: [0.69, 1], 50: [0.83, 1] }],
  ['euler', ['karras', ...EVEN], { 7: [0.4, 0.9], 20: [0.69, 1], 50: [0.83, 1] }],
  ['ddpm', ['karras'], { 7: [0.45, 0.8], 20: [0.71, 0.9], 50: [0.86, 1] }],
  ['ddpm', EVEN, { 7: [0.36, 0.8], 20: [0.66, 0.95], 50: [0.79, 1] }],
  ['euler-ancestral', ['karras', ...EVEN], { 7: [0.36, 0.8], 20: [0.66, 0.95], 50: [0.79, 1] }],
  ['power2m', ['power'], { 6: [0.68, 1.04], 20: [0.98, 1.06], 50: [0.99, 1.03] }],
  ['unipc', ['karras'], { 7: [0.88, 1.19], 20: [0.99, 1.07], 50: [0.98, 1.02] }],
  ['unipc', EVEN, { 7: [0.43, 1.49], 20: [0.72, 1.31], 50: [0.86, 1.14] }],
  ['heun', ['karras'], { 7: [1, 2], 20: [1, 1.07], 50: [0.99, 1.02] }],
  ['heun', EVEN, { 7: [0.46, 7.5], 20: [0.73, 1.45], 50: [0.86, 1.2] }],
];
type Bounds = Readonly<Record<number, readonly [least: number, most: number]>>;

type Return = {
  readonly spread: number;
  readonly solver: Solver;
  readonly sigmas: readonly number[];
  readonly fromNoise: boolean;
};

/**
 * What a return makes of images from N(MEAN, spread²), without drawing any: all is linear, so a state is written as its
 * mean followed by a number for each draw of noise that it is the sum of, and its variance is the sum of their squares.
 */
const returned = ({ spread, solver, sigmas, fromNoise }: Return) =>
  tf.tidy(() => {
    const size = sigmas.length + 2;
    const unit = (at: number): tf.Tensor4D =>
      tf.tensor4d(
        Array.from({ length: size }, (_, n) => Number(n === at)),
        [1, 1, 1, size],
      );
    const mean = tf.mul(unit(0), MEAN);
    const start = sigmas[0] ?? Number.NaN;
    const noise = tf.mul(unit(1), fromNoise ? Math.hypot(1, start) : start);
    const image = tf.add(mean, tf.mul(unit(2), spread));
    const x = (fromNoise ? noise : tf.add(image, noise)) as tf.Tensor4D;
    const denoise = (at: tf.Tensor4D, sigma: Level): tf.Tensor4D => {
      const gain = spread ** 2 / (spread ** 2 + (sigma as number) ** 2);
      return tf.add(mean, tf.mul(tf.sub(at, mean), gain));
    };
    const [found = Number.NaN, ...draws] = solve({
      x,
      legs: legsOf(sigmas),
      solver,
      denoise,
      noise: (step) => unit(3 + step),
    }).dataSync();
    return { mean: found / MEAN, spread: Math.hypot(...draws) / spread };
  });
describe('what returns from strengths near 1', () => {
  let backend: string;
  before(() => {
    backend = tf.getBackend();
    return tf.setBackend('cpu'); // quicker for tensors of a few numbers
  });
  after(() => tf.setBackend(backend));

  for (const [schedule, betas] of Object.entries(SCHEDULES)) {
    const noises = noiseSchedule(alphaBarTable(betas));
    for (const [solver, spacings, bounds] of BOUNDS) {
      it(`has the spread and the mean of the data on a ${schedule} schedule, with ${solver} and ${spacings.join(', ')} steps`, () => {
        for (const [steps, [least, most]] of Object.entries(bounds)) {
          for (const [spacing, strength, spread] of combinations(spacings, STRENGTHS, SPREADS)) {
            const start = resolveStrength(noises, strength);
            const sigmas = returnSigmas(noises, { start, steps: Number(steps), spacing });
            const found = returned({ spread, solver: makeSolver(solver), sigmas, fromNoise: strength === 1 });
            const setting = `${steps} ${spacing} steps from ${strength}, spread ${spread}`;
            expect(found.spread, setting).to.be.within(least, most);
            const lost = strength === 1 ? (2 * spread * found.spread) / start.sigma : 0; // half of it in the exact flow
            expect(found.mean, setting).to.be.closeTo(1, lost + 1e-5);
          }
        }
      });
    }
  }
});

const combinations = <A, B, C>(as: readonly A[], bs: readonly B[], cs: readonly C[]): [A, B, C][] =>
  as.flatMap((a) => bs.flatMap((b) => cs.map((c): [A, B, C] => [a, b, c])));
