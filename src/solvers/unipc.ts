import * as tf from '@tensorflow/tfjs-core';
import type { Level } from '../noise/leg.ts';
import { dpmpp2mStep, looksBack } from './dpmpp2m.ts';
import { perImage } from './levels.ts';
import type { Memory, Solver, Step } from './step.ts';

/** How much of (estimate here - estimate before) goes into the arrival of a step of first order: UniC-1. */
const firstOrderGain = (before: number, here: number): number => (1 - here / before) / 2;

type Gains = { readonly here: number; readonly past: number };

/**
 * What UniC-2 adds to the arrival of UniP-2, as shares of (estimate here - estimate before) and of (estimate past -
 * estimate before). With h = log(before / here), r = -log(past / before) / h, and B(h) = e^h - 1, the weights of the
 * differences solve `[[1, 1], [r, 1]] weights = [b1, b2]`; UniP-2 has half a difference to the past in it already.
 */
const secondOrderGains = (past: number, before: number, here: number): Gains => {
  const h = Math.log(before / here);
  const r = -Math.log(past / before) / h;
  const moved = -Math.expm1(-h); // 1 - here / before would lose what short steps need
  const b1 = 1 / moved - 1 / h;
  const b2 = 1 / moved - (2 / h) * b1;
  const onPast = (b1 - b2) / (1 - r);
  return { here: moved * (b1 - onPast), past: (moved * (onPast - 0.5)) / r };
};

/** The arrival of the step before, mended with the estimate that was made there: UniC. */
const corrected = (
  x: tf.Tensor4D,
  denoised: tf.Tensor4D,
  { memory, at }: { memory: Memory; at: Level },
): tf.Tensor4D => {
  const change = tf.sub(denoised, memory.denoised);
  const { before } = memory;
  if (before === undefined) return tf.add(x, tf.mul(change, perImage(firstOrderGain, memory.sigma, at)));
  const gain = (of: keyof Gains) =>
    perImage((past, now, here) => secondOrderGains(past, now, here)[of], before.sigma, memory.sigma, at);
  const pastChange = tf.sub(before.denoised, memory.denoised);
  return tf.add(x, tf.add(tf.mul(change, gain('here')), tf.mul(pastChange, gain('past'))));
};

/** Corrects where the step before arrived, then goes on from there with the same estimate. */
const predict: Step = ({ x, memory }, estimate, leg, noise) => {
  const { denoised } = estimate;
  const here = memory === undefined ? x : corrected(x, denoised, { memory, at: leg.from });
  const next = dpmpp2mStep({ x: here, ...(memory && { memory }) }, estimate, leg, noise);
  const past = looksBack(memory, leg) && { before: { denoised: tf.clone(memory.denoised), sigma: memory.sigma } };
  return { x: next.x, memory: { denoised: tf.clone(denoised), sigma: leg.from, ...past } };
};

/**
 * UniPC of order 2 with B(h) = e^h - 1, on clean estimates: the step of DPM-Solver++ (2M), whose arrival is mended by a
 * corrector. The corrector takes the estimate that the next step makes there anyway, so it costs no evaluation, the last
 * arrival is not corrected, and errors fall with the third power of the step.
 *
 * @see Zhao et al. 2023, arXiv:2302.04867, section 3: UniP-2 and UniC-2.
 */
export const unipc: Solver = { predict, stochastic: false };
