import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas } from '../../src/noise/betas.ts';
import { type DiffusersGridOptions, diffusersLegs } from '../../src/noise/diffusersGrid.ts';
import type { DiffusersSpacing } from '../../src/noise/diffusersTimesteps.ts';
import { type NoiseSchedule, noiseSchedule } from '../../src/noise/schedule.ts';
import {
  cleanEstimate,
  type Denoiser,
  type Leg,
  makeSolver,
  networkInput,
  type Prediction,
  solve,
} from '../../src/solvers/index.ts';
import { describeShared, shared } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

/** A run of diffusers 0.21.4 with torch 1.13.0, float32, on one CPU thread; its index says what was run. */
type Run = {
  readonly name: string;
  readonly kind: string;
  readonly steps: number;
  readonly start: number;
  readonly eta: number;
  readonly config: {
    readonly num_train_timesteps: number;
    readonly beta_schedule: string;
    readonly beta_start?: number;
    readonly beta_end?: number;
    readonly prediction_type?: Prediction;
    readonly variance_type?: string;
    readonly timestep_spacing?: DiffusersSpacing;
    readonly steps_offset?: number;
    readonly set_alpha_to_one?: boolean;
    readonly use_karras_sigmas?: boolean;
  };
  readonly mean: number;
  readonly spread: number;
};

const TOLERANCE = 4e-6; // absolute, elementwise; 1e-5 is wanted, and is nearly reached if ddpm does not round as diffusers
const SOLVER_OF_KIND: Record<string, string> = { dpmpp: 'dpm++2m', euler_a: 'euler-ancestral' };
const BETAS: Record<string, (count: number, start?: number, end?: number) => number[]> = {
  linear: linearBetas,
  scaled_linear: scaledLinearBetas,
  squaredcos_cap_v2: (count) => cosineBetas(count),
};

const scheduleOf = ({ config }: Run): NoiseSchedule => {
  const betas = BETAS[config.beta_schedule]?.(config.num_train_timesteps, config.beta_start, config.beta_end);
  return noiseSchedule(alphaBarTable(betas ?? []));
};

const legsOfRun = (run: Run): Leg[] => {
  const { config } = run;
  const options: DiffusersGridOptions = {
    solver: SOLVER_OF_KIND[run.kind] ?? run.kind,
    steps: run.steps,
    strength: 1,
    stepsOffset: config.steps_offset ?? 0,
    karras: config.use_karras_sigmas ?? false,
    ...(config.timestep_spacing && { spacing: config.timestep_spacing }),
    ...(config.set_alpha_to_one !== undefined && { endsAtZero: config.set_alpha_to_one }),
  };
  const { alphaBar } = scheduleOf(run); // the runs were entered at the first point at or below their start
  return diffusersLegs(scheduleOf(run), options).filter(({ timestep = 0 }) => timestep <= run.start * alphaBar.length);
};

/** The goldens' network: exact for N(mean, spread²) at the rounded timestep, saying what the prediction asks for. */
const denoiserOf =
  (run: Run, { alphaBar }: NoiseSchedule): Denoiser =>
  (x, sigma, timestep = Number.NaN) => {
    const share = alphaBar[Math.round(timestep)] ?? Number.NaN;
    const [signal, noise] = [Math.sqrt(share), Math.sqrt(1 - share)];
    const gain = (signal * run.spread ** 2) / (share * run.spread ** 2 + 1 - share);
    const input = networkInput(x, sigma);
    const sample = tf.add(tf.mul(tf.sub(input, signal * run.mean), gain), run.mean) as tf.Tensor4D;
    const epsilon = tf.div(tf.sub(input, tf.mul(sample, signal)), noise) as tf.Tensor4D;
    const velocity = tf.sub(tf.mul(epsilon, signal), tf.mul(sample, noise)) as tf.Tensor4D;
    const prediction = run.config.prediction_type ?? 'epsilon';
    const output = { sample, epsilon, v_prediction: velocity }[prediction];
    return cleanEstimate(prediction, { x, sigma, output });
  };

/** A level of these legs, which are for the whole batch. */
const scalar = (level: Leg['to'] | undefined): number => {
  if (typeof level === 'number') return level;
  throw new Error('a golden has one level for the batch');
};

describeShared('a return in the way of diffusers', 'goldens/diffusers/solvers/index.json', () => {
  const folder = 'goldens/diffusers/solvers';
  const runs: Run[] = JSON.parse(readFileSync(shared(`${folder}/index.json`), 'utf8'));
  it('is compared with ten runs', () => expect(runs).to.have.lengthOf(10));

  for (const run of runs) {
    const read = (): ((name: string, n?: number) => tf.Tensor4D) => {
      const stored = parseSafetensors(readFileSync(shared(`${folder}/${run.name}.safetensors`)));
      return (name, n = 0) => {
        const data = stored.get(name)?.data ?? [];
        const shape = (stored.get(name)?.shape.slice(-4) ?? []) as [number, number, number, number];
        const size = shape.reduce((product, length) => product * length, 1);
        return tf.tensor4d(Float32Array.from(data.slice(n * size, (n + 1) * size) as Float32Array), shape);
      };
    };

    it(`${run.name} visits the same timesteps`, () => {
      const stored = parseSafetensors(readFileSync(shared(`${folder}/${run.name}.safetensors`)));
      const timesteps = legsOfRun(run).map(({ timestep }) => timestep ?? Number.NaN);
      expect(largestDifference(timesteps, stored.get('timesteps')?.data as Float32Array)).to.be.below(2e-4);
    });

    it(`${run.name} passes through the same states`, () => {
      tf.tidy(() => {
        const [golden, schedule, legs] = [read(), scheduleOf(run), legsOfRun(run)];
        const variance = run.config.variance_type === 'fixed_large' ? 'large' : 'small';
        const name = SOLVER_OF_KIND[run.kind] ?? run.kind;
        const solver = makeSolver(name, run.kind === 'ddim' ? { eta: run.eta } : { variance });
        const isExploding = run.kind.startsWith('euler');
        const asStored = (x: tf.Tensor4D, sigma: number): tf.Tensor => (isExploding ? x : networkInput(x, sigma));
        const start = scalar(legs[0]?.from);
        const x = tf.add(golden('clean'), tf.mul(golden('noise'), start)) as tf.Tensor4D;
        const noise = (step: number): tf.Tensor4D => golden('step_noise', step);
        expect(asStored(x, start)).to.be.tensorCloseTo(golden('states', 0), TOLERANCE);
        for (let n = 1; n <= legs.length; n += 1) {
          const state = solve({ x, legs: legs.slice(0, n), solver, noise, denoise: denoiserOf(run, schedule) });
          expect(asStored(state, scalar(legs[n - 1]?.to)), `after step ${n}`).to.be.tensorCloseTo(
            golden('states', n),
            TOLERANCE,
          );
        }
      });
    });
  }
});
