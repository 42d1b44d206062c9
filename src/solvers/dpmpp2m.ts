import * as tf from '@tensorflow/tfjs-core';
import type { Leg } from '../noise/leg.ts';
import { isNoisy, perImage } from './levels.ts';
import type { Memory, Solver, Step } from './step.ts';

/** The clean estimate, drawn on along log sigma by half a step, from this evaluation and the one before. */
const drawnOn = (denoised: tf.Tensor4D, memory: Memory, { from, to }: Leg): tf.Tensor4D => {
  const share = perImage(
    (before, now, next) => Math.log(now / next) / (2 * Math.log(before / now)),
    memory.sigma,
    from,
    to,
  );
  return tf.add(denoised, tf.mul(tf.sub(denoised, memory.denoised), share));
};

const predict: Step = ({ x, memory }, { denoised }, leg) => {
  const looksBack = memory !== undefined && isNoisy(leg.to) && !leg.lowerOrder; // log 0 has no half step
  const target = looksBack ? drawnOn(denoised, memory, leg) : denoised;
  const kept = perImage((from, to) => to / from, leg.from, leg.to);
  return {
    x: tf.add(target, tf.mul(tf.sub(x, target), kept)),
    memory: { denoised: tf.clone(denoised), sigma: leg.from },
  };
};

/**
 * DPM-Solver++ (2M), second order with one evaluation for a step. The first step and the one into 0 are of first
 * order.
 *
 * @see Lu et al. 2022, arXiv:2211.01095, algorithm 2.
 */
export const dpmpp2m: Solver = { predict, stochastic: false };
