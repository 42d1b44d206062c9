import * as tf from '@tensorflow/tfjs-core';
import { alphaBarOf } from '../noise/schedule.ts';
import { addNoise, noiseUp, perImage } from './levels.ts';
import type { Solver } from './step.ts';

/** Which of two bounds the variance of an ancestral step takes. */
export type Variance = 'small' | 'large';

/** The deviation of the fresh noise, in the variance-exploding scaling; none on arrival at 0. */
export const DEVIATIONS: Readonly<Record<Variance, (from: number, to: number) => number>> = {
  small: (from, to) => noiseUp(from, to, 1),
  large: (from, to) => (to === 0 ? 0 : Math.sqrt(((1 + to * to) * (from * from - to * to)) / (1 + from * from))),
};

type Shares = (from: number, to: number) => { readonly kept: number; readonly gained: number };

/** How much of x and of the clean estimate goes into the mean. */
const exactShares: Shares = (from, to) => ({ kept: (to / from) ** 2, gained: 1 - (to / from) ** 2 });

/**
 * The same as diffusers has it: beta is 1 minus a float32 ratio of neighbouring alphaBars. Close to the clean image so
 * little is left of the difference that the shares no longer sum to 1, and a state moves by more than 1e-5.
 */
const roundedShares: Shares = (from, to) => {
  const [now, next] = [Math.fround(alphaBarOf(from)), Math.fround(alphaBarOf(to))];
  const ratio = Math.fround(now / next);
  return { kept: (ratio * (1 - next)) / (1 - now), gained: (1 - ratio) / (1 - now) };
};

/**
 * Ancestral sampling: a draw from the posterior of the next state, given this one and the clean estimate.
 *
 * @param variance `small` is the posterior's own, right for data that are a single point; `large` is that of the
 *   forward step, right for data that are white noise.
 * @see Ho et al. 2020, arXiv:2006.11239, equations 6 and 7 and section 3.2.
 */
export const ddpm = (variance: Variance): Solver => ({
  stochastic: true,
  predict: ({ x }, { denoised }, leg, noise) => {
    const shares = leg.rounded ? roundedShares : exactShares;
    const kept = perImage((from, to) => shares(from, to).kept, leg.from, leg.to);
    const gained = perImage((from, to) => shares(from, to).gained, leg.from, leg.to);
    const mean = tf.add(tf.mul(x, kept), tf.mul(denoised, gained)) as tf.Tensor4D;
    return { x: addNoise(mean, DEVIATIONS[variance], { leg, noise }) };
  },
});
