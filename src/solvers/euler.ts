import * as tf from '@tensorflow/tfjs-core';
import { perImage } from './levels.ts';
import type { Solver, Step } from './step.ts';

/**
 * A step along the tangent of the probability flow, `dx / dsigma = (x - denoised) / sigma`: first order. The same as
 * DDIM with eta 0, save under clipping.
 *
 * @see Karras et al. 2022, arXiv:2206.00364, equations 1 and 3.
 */
export const eulerStep: Step = ({ x }, { denoised }, { from, to }) => {
  const kept = perImage((s, next) => next / s, from, to);
  return { x: tf.add(denoised, tf.mul(tf.sub(x, denoised), kept)) };
};

export const euler: Solver = { predict: eulerStep, stochastic: false };
