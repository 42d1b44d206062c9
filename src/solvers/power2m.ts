import * as tf from '@tensorflow/tfjs-core';
import type { Leg } from '../noise/leg.ts';
import { perImage } from './levels.ts';
import type { Memory, Solver, Step } from './step.ts';

/** Clean estimates are taken to run straight along this power of sigma. */
const POWER = 2 / 3;

/**
 * How much of (estimate now - estimate before) a step of second order adds to one of first order. With p = POWER and
 * D(σ) = D_now + (D_now - D_before) (σ^p - now^p) / (now^p - before^p), it is what next ∫ (D - D_now) / σ² dσ from next
 * to now makes of the difference; at a next level of 0 it is the straight line's end.
 */
const gain = (before: number, now: number, next: number): number => {
  const [left, back] = [next / now, before / now];
  return (1 + (POWER * left - left ** POWER) / (1 - POWER)) / (back ** POWER - 1);
};

const drawnOn = (denoised: tf.Tensor4D, memory: Memory, { from, to }: Leg): tf.Tensor =>
  tf.mul(tf.sub(denoised, memory.denoised), perImage(gain, memory.sigma, from, to));

const predict: Step = ({ x, memory }, { denoised }, leg) => {
  const kept = perImage((from, to) => to / from, leg.from, leg.to);
  const first = tf.add(denoised, tf.mul(tf.sub(x, denoised), kept)) as tf.Tensor4D;
  const isFirst = memory === undefined || leg.lowerOrder;
  return {
    x: isFirst ? first : tf.add(first, drawnOn(denoised, memory, leg)),
    memory: { denoised: tf.clone(denoised), sigma: leg.from },
  };
};

/**
 * A multistep solver of second order with one evaluation for a step, as DPM-Solver++ (2M) is, but for the axis along
 * which clean estimates are drawn on: a power of sigma instead of its logarithm. Clean estimates settle as sigma falls,
 * which the logarithm does not see: it never arrives. A power does, so that the step into 0 is of second order too, and
 * few steps are nearer to the converged return (`npm run bench -- solvers`). The first step is of first order.
 *
 * @see Lu et al. 2022, arXiv:2211.01095, algorithm 2, for the logarithm; Zhang and Chen 2022, arXiv:2204.13902, section
 * 3.3, for polynomials along any axis.
 */
export const power2m: Solver = { predict, stochastic: false };
