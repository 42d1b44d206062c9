import * as tf from '@tensorflow/tfjs-core';
import { NumericError } from '../errors.ts';
import type { Level } from '../noise/leg.ts';
import { isFiniteLater, isFiniteNow, isReadableNow } from '../tensors/finite.ts';
import type { Denoiser } from './denoiser.ts';
import { type WalkOptions, walk } from './walk.ts';

export type SolveOptions = WalkOptions & {
  /** Runs in a tidy; only its result is kept. */
  readonly denoise: Denoiser;
};

/**
 * Brings images back in one go.
 *
 * @returns the images at the level of the last leg, owned by the caller.
 * @throws NumericError `not-finite`; what `walk` and the denoiser throw; nothing is left behind.
 */
export const solve = ({ denoise, ...options }: SolveOptions): tf.Tensor4D => {
  const steps = walk(options);
  try {
    let asked = steps.next();
    while (!asked.done) {
      const { x, sigma, timestep } = asked.value;
      const clean = tf.tidy(() => denoise(x, sigma, timestep));
      if (!isReadableNow() || isFiniteNow(clean)) asked = steps.next(clean);
      else throw notFinite(clean, sigma);
    }
    return asked.value;
  } catch (error) {
    steps.throw(error); // lets the walk free what it holds
    throw error;
  }
};

export type SolveAsyncOptions = WalkOptions & {
  readonly denoise: (...question: Parameters<Denoiser>) => Promise<tf.Tensor4D> | tf.Tensor4D;
};

/**
 * As {@link solve}, with a network that is awaited. The event loop turns between evaluations, so that a signal can
 * arrive.
 */
export const solveAsync = async ({ denoise, ...options }: SolveAsyncOptions): Promise<tf.Tensor4D> => {
  const steps = walk(options);
  try {
    let asked = steps.next();
    while (!asked.done) {
      const { x, sigma, timestep } = asked.value;
      const clean = await denoise(x, sigma, timestep);
      if (!(await isFiniteLater(clean))) throw notFinite(clean, sigma);
      asked = steps.next(clean);
      await tf.nextFrame();
    }
    return asked.value;
  } catch (error) {
    steps.throw(error);
    throw error;
  }
};

/** Said before a clip can hide it: some backends clip NaN to black. Disposes the estimate. */
const notFinite = (clean: tf.Tensor4D, sigma: Level): NumericError => {
  clean.dispose();
  const level = typeof sigma === 'number' ? sigma : sigma.join(', ');
  return new NumericError('not-finite', `the denoiser answered with numbers that are not finite at sigma ${level}`);
};
