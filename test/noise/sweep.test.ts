import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { alphaBarTable, zeroTerminalSnr } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas, sigmoidBetas } from '../../src/noise/betas.ts';
import { returnSigmas, type Spacing } from '../../src/noise/grids.ts';
import { type NoiseSchedule, noiseSchedule, sigmaAt } from '../../src/noise/schedule.ts';
import { resolveStrength, type StrengthSpec } from '../../src/noise/strength.ts';
import { uniformStream } from '../../src/random.ts';
import { legsOf, makeSolver, SOLVERS, solve } from '../../src/solvers/index.ts';
import { gaussian, gaussianDenoiser } from '../solvers/gaussian.ts';

const SPACINGS: readonly Spacing[] = ['trailing', 'leading', 'linspace', 'karras', 'power'];
const SCHEDULES: Readonly<Record<string, NoiseSchedule>> = {
  linear: noiseSchedule(alphaBarTable(linearBetas(1000))),
  'scaled linear': noiseSchedule(alphaBarTable(scaledLinearBetas(1000))),
  sigmoid: noiseSchedule(alphaBarTable(sigmoidBetas(1000))),
  cosine: noiseSchedule(alphaBarTable(cosineBetas(1000))),
  'zero terminal SNR': noiseSchedule(alphaBarTable(zeroTerminalSnr(linearBetas(1000)))),
  'two timesteps': noiseSchedule([0.9, 0.1]),
  'five timesteps': noiseSchedule(alphaBarTable(linearBetas(5))),
  'a clean first timestep': noiseSchedule([1, 0.9, 0.5, 0.1]),
  'almost no signal': noiseSchedule([0.999, 0.5, 1e-300]),
  'neighbours that hardly differ': noiseSchedule([1 - 1e-15, 1 - 2e-15, 1 - 3e-15, 0.5]),
};
const STEPS = [1, 2, 3, 7, 10, 50, 999, 1000, 1001, 3000];

/** Strengths at and beside every edge that is known, and some drawn. */
const strengthsFor = (schedule: NoiseSchedule): StrengthSpec[] => {
  const count = schedule.alphaBar.length;
  const [first, second, last] = [0, 1, count - 1].map((t) => sigmaAt(schedule, t)) as [number, number, number];
  const next = uniformStream(['strengths', count]);
  const sigmas = [
    1e-300,
    1e-20,
    1e-9,
    first,
    first * (1 + 1e-15),
    first * (1 + 1e-9),
    2 * first,
    second,
    last / 2,
    last,
  ];
  return [
    ...[1e-300, 1e-15, 1e-9, 0.5 / count, 1 / count, 1.5 / count, 2 / count, 0.3, (count - 1) / count, 1 - 1e-12, 1],
    ...[0, 1e-12, 0.5, 1, last - last / 3, last].filter((t) => t <= count - 1).map((timestep) => ({ timestep })),
    ...sigmas.filter((sigma) => sigma <= last).map((sigma) => ({ sigma })),
    ...Array.from({ length: 20 }, () => next()),
    { snrDb: 400 },
  ];
};

describe('every grid of a sweep', () => {
  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    const strengths = strengthsFor(schedule);
    for (const spacing of SPACINGS) {
      it(`falls strictly from its start to 0 in as many steps as asked for (${name}, ${spacing})`, () => {
        for (const strength of strengths) {
          const start = resolveStrength(schedule, strength);
          for (const steps of STEPS) {
            const sigmas = returnSigmas(schedule, { start, steps, spacing });
            const setting = `${JSON.stringify(strength)}, ${steps} steps`;
            expect(sigmas, setting).to.have.lengthOf(steps + 1);
            expect([sigmas[0], sigmas.at(-1)], setting).to.deep.equal([start.sigma, 0]);
            if (start.sigma === 0) continue;
            const stuck = sigmas.findIndex((sigma, i) => i > 0 && !(sigma < (sigmas[i - 1] ?? 0)));
            expect(stuck, `${setting}: step at which the grid does not fall`).to.equal(-1);
          }
        }
      });
    }
  }
});

describe('every return of a sweep', () => {
  const SHAPE: [number, number, number, number] = [1, 2, 2, 1];
  const next = uniformStream(['returns']);
  const any = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

  for (const solver of Object.keys(SOLVERS)) {
    it(`with ${solver} is finite and no larger than what was thrown`, () => {
      for (let trial = 0; trial < 150; trial += 1) {
        const schedule = any(Object.values(SCHEDULES));
        const [strength, spacing, steps] = [any(strengthsFor(schedule)), any(SPACINGS), any([1, 2, 5, 20])];
        const start = resolveStrength(schedule, strength);
        const legs = legsOf(returnSigmas(schedule, { start, steps, spacing }));
        const largest = tf.tidy(() => {
          const x = tf.add(
            gaussian(['image'], SHAPE),
            tf.mul(gaussian(['throw', trial], SHAPE), start.sigma),
          ) as tf.Tensor4D;
          const noise = (step: number): tf.Tensor4D => gaussian(['step', trial, step], SHAPE);
          const back = solve({
            x,
            legs,
            solver: makeSolver(solver, { schedule }),
            noise,
            denoise: gaussianDenoiser(0.5),
          });
          return tf.max(tf.abs(tf.concat([tf.reshape(back, [-1]), tf.zeros([1])]))).dataSync()[0] ?? Number.NaN;
        });
        const setting = `${JSON.stringify(strength)}, ${steps} ${spacing} steps`;
        expect(Number.isFinite(largest), setting).to.equal(true);
        expect(largest, setting).to.be.at.most(5 * Math.hypot(1, start.sigma));
      }
    });
  }
});
