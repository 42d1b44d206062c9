import * as tf from '@tensorflow/tfjs-core';
import { addNoise, noiseDown, noiseUp, perImage } from './levels.ts';
import type { Solver } from './step.ts';

/**
 * A tangent step to below the target, then fresh noise up to it. With eta 1 it is DDPM with the small variance, with
 * eta 0 Euler.
 *
 * @see Karras et al. 2022, arXiv:2206.00364, equation 6; the split of the noise is k-diffusion's.
 */
export const eulerAncestral = (eta: number): Solver => ({
  stochastic: eta > 0,
  predict: ({ x }, { denoised }, leg, noise) => {
    const kept = perImage((from, to) => noiseDown(from, to, eta) / from, leg.from, leg.to);
    const down = tf.add(denoised, tf.mul(tf.sub(x, denoised), kept)) as tf.Tensor4D;
    return { x: addNoise(down, (from, to) => noiseUp(from, to, eta), { leg, noise }) };
  },
});
