import * as tf from '@tensorflow/tfjs-core';
import { addNoise, noiseDown, noiseUp, perImage } from './levels.ts';
import type { Solver } from './step.ts';

/**
 * The clean estimate, with its own noise put back on top of it. Under clipping the noise is still that of the
 * unclipped estimate.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 is as random as DDPM.
 * @see Song et al. 2020, arXiv:2010.02502, equations 12 and 16.
 */
export const ddim = (eta: number): Solver => ({
  stochastic: eta > 0,
  predict: ({ x }, { denoised, raw }, leg, noise) => {
    const kept = perImage((from, to) => noiseDown(from, to, eta) / from, leg.from, leg.to);
    const down = tf.add(denoised, tf.mul(tf.sub(x, raw), kept)) as tf.Tensor4D;
    return { x: addNoise(down, (from, to) => noiseUp(from, to, eta), { leg, noise }) };
  },
});
