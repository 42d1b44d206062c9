import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { parseSchedulerConfig, type SchedulerConfig } from '../../src/checkpoints/schedulerConfig.ts';
import { diffusersLegs } from '../../src/noise/diffusersGrid.ts';
import { cleanEstimate, type Denoiser, type Leg, makeSolver, networkInput, solve } from '../../src/solvers/index.ts';
import { root } from '../support/shared.ts';

/** A run of a scheduler of diffusers on its own; see test/fixtures/solvers/README.md. */
type Run = {
  readonly name: string;
  readonly solver: string;
  readonly steps: number;
  readonly strength: number;
  readonly config: Readonly<Record<string, unknown>>;
};

const TOLERANCE = 4e-6; // absolute, elementwise; 1e-5 is wanted
const CLASSES: Readonly<Record<string, string>> = { unipc: 'UniPCMultistepScheduler', lcm: 'LCMScheduler' };
const [MEAN, SPREAD] = [0.4, 0.3];

const file = (name: string): string => join(root, 'test/fixtures/solvers', name);
const runs: readonly Run[] = JSON.parse(readFileSync(file('runs.json'), 'utf8'));
const stored = parseSafetensors(readFileSync(file('runs.safetensors')));

/** One of the tensors `[2, 4, 4, 1]` that lie behind each other under a name. */
const golden = (name: string, n = 0): tf.Tensor4D => {
  const data = stored.get(name)?.data as Float32Array;
  return tf.tensor4d(Float32Array.from(data.slice(n * 32, (n + 1) * 32)), [2, 4, 4, 1]);
};

const schedulerOf = ({ solver, config }: Run): SchedulerConfig => {
  const { final_sigmas_type: _, ...fields } = config; // of which only `zero` is read
  return parseSchedulerConfig({ _class_name: CLASSES[solver], ...fields });
};

const legsOfRun = (run: Run): Leg[] => {
  const { steps, strength, solver, config } = run;
  const { schedule, spacing, stepsOffset, isKarras, consistency } = schedulerOf(run);
  return diffusersLegs(schedule, {
    solver,
    steps,
    strength,
    stepsOffset,
    karras: isKarras,
    originalSteps: consistency?.originalSteps,
    endsAtZero: config['final_sigmas_type'] !== 'sigma_min',
    lowerOrderFinal: config['lower_order_final'] !== false,
    ...(consistency === undefined && { spacing }),
  });
};

/** The network of the runs: exact for pixels from N(MEAN, SPREAD²) and N(-MEAN, SPREAD²), at the timestep it is told. */
const denoiserOf =
  ({ schedule, prediction }: SchedulerConfig): Denoiser =>
  (x, sigma, timestep = Number.NaN) => {
    const share = schedule.alphaBar[timestep] ?? Number.NaN;
    const [signal, noise] = [Math.sqrt(share), Math.sqrt(1 - share)];
    const variance = (noise / signal) ** 2;
    const total = SPREAD ** 2 + variance;
    const input = networkInput(x, sigma);
    const at = tf.div(input, signal);
    const side = tf.mul(tf.tanh(tf.mul(at, MEAN / total)), (variance * MEAN) / total);
    const sample = tf.add(tf.mul(at, SPREAD ** 2 / total), side) as tf.Tensor4D;
    const epsilon = tf.div(tf.sub(input, tf.mul(sample, signal)), noise) as tf.Tensor4D;
    const velocity = tf.sub(tf.mul(epsilon, signal), tf.mul(sample, noise)) as tf.Tensor4D;
    return cleanEstimate(prediction, { x, sigma, output: { sample, epsilon, v_prediction: velocity }[prediction] });
  };

describe('a return as its scheduler in diffusers makes it', () => {
  it('is compared with 17 runs', () => expect(runs).to.have.lengthOf(17));

  for (const run of runs) {
    it(`${run.name} visits the same timesteps`, () => {
      const timesteps = Array.from(stored.get(`${run.name}.timesteps`)?.data ?? [], Number);
      expect(timesteps).to.not.be.empty;
      expect(legsOfRun(run).map(({ timestep }) => timestep)).to.deep.equal(timesteps);
    });

    it(`${run.name} passes through the same states`, () => {
      tf.tidy(() => {
        const [scheduler, legs] = [schedulerOf(run), legsOfRun(run)];
        const { schedule, clip, consistency } = scheduler;
        const solver = makeSolver(run.solver, { schedule, timestepScaling: consistency?.timestepScaling });
        const start = legs[0]?.from as number;
        const x = tf.add(golden('clean'), tf.mul(golden(`${run.name}.noises`), start)) as tf.Tensor4D;
        const noise = (step: number): tf.Tensor4D => golden(`${run.name}.noises`, step + 1);
        const denoise = denoiserOf(scheduler);
        expect(networkInput(x, start)).to.be.tensorCloseTo(golden(`${run.name}.states`), TOLERANCE);
        for (let n = 1; n <= legs.length; n += 1) {
          const state = solve({ x, legs: legs.slice(0, n), solver, noise, denoise, clip });
          const expected = golden(`${run.name}.states`, n);
          expect(networkInput(state, legs[n - 1]?.to as number), `step ${n}`).to.be.tensorCloseTo(expected, TOLERANCE);
        }
      });
    });
  }
});
