import { ArgumentError } from '../errors.ts';
import { positionAt, sigmaAtPosition } from './position.ts';
import { type NoiseSchedule, sigmaAt, sigmaOfSnrDb, snrDbOf, timestepAt } from './schedule.ts';

/**
 * How far an image is thrown: a share of the forward process in [0, 1], as t_Boom / T in the paper; or a timestep in
 * [0, T - 1], fractions allowed; or a noise level in units of image standard deviation; or a signal to noise ratio in
 * decibels.
 */
export type StrengthSpec =
  | number
  | { readonly timestep: number }
  | { readonly sigma: number }
  | { readonly snrDb: number };

/** One noise level in every unit. */
export type ResolvedStrength = {
  /** Share of the forward process, in [0, 1]. */
  readonly strength: number;
  /** Timestep in [0, T - 1], often a fraction. */
  readonly timestep: number;
  /** Noise level in units of image standard deviation, exactly 0 at strength 0. */
  readonly sigma: number;
  /** Signal to noise ratio in decibels, infinite at strength 0. */
  readonly snrDb: number;
};

/**
 * The noise level that a strength means on a schedule, in every unit; any of the units leads back to the same level.
 *
 * A share s is timestep s * T, in diffusers' numbering: 0.4 of 1000 is timestep 400; shares above (T - 1) / T are
 * timestep T - 1. Below 1 / T sigma falls evenly to 0, so that strength 0 leaves the image exactly as it is (timestep 0
 * itself already has a little noise). For these levels `timestep` is that of the nearest level in the table.
 *
 * @throws ArgumentError `bad-strength`: not a number, or outside of the schedule.
 * @see Luzi et al. 2022, arXiv:2210.12100, algorithm 1.
 */
export const resolveStrength = (schedule: NoiseSchedule, spec: StrengthSpec): ResolvedStrength => {
  if (typeof spec === 'object' && spec !== null) return everyUnit(schedule, specifiedSigma(schedule, spec));
  if (!(typeof spec === 'number' && spec >= 0 && spec <= 1))
    throw outside('strength', spec, 'between 0 and 1; use 1 to start from noise');
  const position = spec * schedule.alphaBar.length;
  return { ...everyUnit(schedule, sigmaAtPosition(schedule, position)), strength: spec };
};

const everyUnit = (schedule: NoiseSchedule, sigma: number): ResolvedStrength => ({
  strength: positionAt(schedule, sigma) / schedule.alphaBar.length,
  timestep: timestepAt(schedule, sigma),
  sigma,
  snrDb: snrDbOf(sigma),
});

const specifiedSigma = (schedule: NoiseSchedule, spec: Exclude<StrengthSpec, number>): number => {
  const last = schedule.alphaBar.length - 1;
  if ('timestep' in spec) {
    if (spec.timestep >= 0 && spec.timestep <= last) return sigmaAt(schedule, spec.timestep);
    throw outside('timestep', spec.timestep, `between 0 and ${last}, the last one of the schedule`);
  }
  const noisiest = sigmaAt(schedule, last);
  const sigma = 'sigma' in spec ? spec.sigma : sigmaOfSnrDb(spec.snrDb);
  if (sigma >= 0 && sigma <= noisiest * (1 + 1e-9)) return Math.min(sigma, noisiest); // decibels round
  if ('sigma' in spec) throw outside('sigma', sigma, `between 0 and ${noisiest}, the noisiest level of the schedule`);
  throw outside('snrDb', spec.snrDb, `at least ${snrDbOf(noisiest)}, the noisiest level of the schedule`);
};

const outside = (unit: string, value: unknown, rule: string): ArgumentError =>
  new ArgumentError('bad-strength', `${unit} must be a number ${rule}; got ${value}`);
