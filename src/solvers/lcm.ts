import * as tf from '@tensorflow/tfjs-core';
import { type NoiseSchedule, timestepAt } from '../noise/schedule.ts';
import { addNoise, perImage } from './levels.ts';
import type { Solver } from './step.ts';

/** The standard deviation of clean data that the boundary condition takes for granted. */
const SPREAD = 0.5;

export type LcmOptions = {
  /** Of the model: the boundary condition goes by timesteps. */
  readonly schedule: NoiseSchedule;
  /** Multiplies timesteps in the boundary condition, above 0; `timestep_scaling` in diffusers. */
  readonly timestepScaling: number;
};

/**
 * Multistep sampling of latent consistency models: the image that the network takes for clean is thrown to the next
 * level with fresh noise, and the one from the last step stays. The boundary condition makes the state itself the clean
 * image at timestep 0: with t the scaled timestep, `clean = c_out estimate + c_skip x`, in the variance-preserving x,
 * `c_skip = 0.5² / (t² + 0.5²)`, `c_out = t / sqrt(t² + 0.5²)`.
 *
 * @see Luo et al. 2023, arXiv:2310.04378, section 4 and algorithm 3.
 */
export const lcm = ({ schedule, timestepScaling }: LcmOptions): Solver => {
  const scaled = (sigma: number): number => timestepScaling * timestepAt(schedule, sigma);
  const out = (sigma: number): number => scaled(sigma) / Math.hypot(scaled(sigma), SPREAD);
  const skip = (sigma: number): number => SPREAD ** 2 / (scaled(sigma) ** 2 + SPREAD ** 2) / Math.hypot(1, sigma);
  return {
    stochastic: true,
    predict: ({ x }, { denoised }, leg, noise) => {
      const estimated = tf.mul(denoised, perImage(out, leg.from));
      const clean = tf.add(estimated, tf.mul(x, perImage(skip, leg.from))) as tf.Tensor4D;
      return { x: addNoise(clean, (_, to) => to, { leg, noise }) };
    },
  };
};
