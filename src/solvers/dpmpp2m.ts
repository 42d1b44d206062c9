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

/** Whether a step is of second order: log 0 has no half step. */
export const looksBack = (memory: Memory | undefined, leg: Leg): memory is Memory =>
  memory !== undefined && isNoisy(leg.to) && !leg.lowerOrder;

/** A step towards the estimate, drawn on where there is one before it. */
export const dpmpp2mStep: Step = ({ x, memory }, { denoised }, leg) => {
  const target = looksBack(memory, leg) ? drawnOn(denoised, memory, leg) : denoised;
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
export const dpmpp2m: Solver = { predict: dpmpp2mStep, stochastic: false };
