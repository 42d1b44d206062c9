import { ArgumentError } from '../errors.ts';
import { positionAt, sigmaAtPosition, snapped } from './position.ts';
import { type NoiseSchedule, sigmaAt, sigmaOf, sigmaOfSnrDb, snrDbOf, timestepAt } from './schedule.ts';

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
 * The share of signal at which a thrown image can no longer be told from noise alone: where the linear schedule of Ho et
 * al. ends, which they chose for a divergence from noise of 1e-5 bits a number (arXiv:2006.11239, section 4). The cosine
 * schedule and those of zero terminal SNR go on to a hundredth of that and less, through levels that differ in nothing
 * but their number: steps spent there are lost to the image, and a first step from there is longer than any that a
 * solver of second order can take.
 */
const LEAST_SIGNAL = 4e-5;

/** The noisiest level that a walk begins at, about 158 on schedules that go so far. */
const noisiestSigma = (schedule: NoiseSchedule): number =>
  Math.min(sigmaOf(LEAST_SIGNAL), sigmaAt(schedule, schedule.alphaBar.length - 1));

/**
 * The noise level that a strength means on a schedule, in every unit; any of the units leads back to the same level.
 *
 * A share s is timestep s * T, in diffusers' numbering: 0.4 of 1000 is timestep 400. Shares above the last timestep, and
 * levels above a sigma of 158, where an image can no longer be told from noise, are held there: what is returned is the
 * level that is thrown to, whatever was asked. The share 1 alone stays 1, as it means a start from noise. Below 1 / T
 * sigma falls evenly to 0, so that strength 0 leaves the image exactly as it is (timestep 0 itself already has a little
 * noise). For these levels `timestep` is that of the nearest level in the table.
 *
 * @throws ArgumentError `bad-strength`: not a number in one unit, or outside of the schedule.
 * @see Luzi et al. 2022, arXiv:2210.12100, algorithm 1.
 */
export const resolveStrength = (schedule: NoiseSchedule, spec: StrengthSpec): ResolvedStrength => {
  const sigma = Math.min(sigmaOfSpec(schedule, spec), noisiestSigma(schedule));
  const reached = positionAt(schedule, sigma) / schedule.alphaBar.length;
  const isMet = typeof spec === 'number' && (spec === 1 || Math.abs(spec - reached) < 1e-9); // divisions round
  return { strength: isMet ? spec : reached, timestep: timestepAt(schedule, sigma), sigma, snrDb: snrDbOf(sigma) };
};

/**
 * The share of the forward process that was asked for, held nowhere: what diffusers goes by.
 *
 * @throws ArgumentError `bad-strength`.
 */
export const shareOf = (schedule: NoiseSchedule, spec: StrengthSpec): number => {
  const position = positionAt(schedule, sigmaOfSpec(schedule, spec));
  return typeof spec === 'number' ? spec : snapped(position) / schedule.alphaBar.length;
};

const sigmaOfSpec = (schedule: NoiseSchedule, spec: StrengthSpec): number => {
  if (typeof spec === 'object' && spec !== null) return sigmaInUnit(schedule, spec);
  if (typeof spec === 'number' && spec >= 0 && spec <= 1) {
    return sigmaAtPosition(schedule, spec * schedule.alphaBar.length);
  }
  throw outside('strength', spec, 'between 0 and 1; use 1 to start from noise');
};

const UNITS = ['timestep', 'sigma', 'snrDb'];

const sigmaInUnit = (schedule: NoiseSchedule, spec: Exclude<StrengthSpec, number>): number => {
  const named = Object.keys(spec);
  if (named.length !== 1 || !UNITS.includes(named[0] ?? '')) {
    const rule = `a strength that is no number names one of ${UNITS.join(', ')}`;
    throw new ArgumentError('bad-strength', `${rule}; got ${JSON.stringify(spec)}`);
  }
  const last = schedule.alphaBar.length - 1;
  if ('timestep' in spec) {
    if (spec.timestep >= 0 && spec.timestep <= last) return sigmaAt(schedule, spec.timestep);
    throw outside('timestep', spec.timestep, `between 0 and ${last}, the last one of the schedule`);
  }
  const end = sigmaAt(schedule, last);
  const sigma = 'sigma' in spec ? spec.sigma : sigmaOfSnrDb(spec.snrDb);
  if (sigma >= 0 && sigma <= end * (1 + 1e-9)) return Math.min(sigma, end); // decibels round
  if ('sigma' in spec) throw outside('sigma', sigma, `between 0 and ${end}, the last level of the schedule`);
  throw outside('snrDb', spec.snrDb, `at least ${snrDbOf(end)}, the last level of the schedule`);
};

const outside = (unit: string, value: unknown, rule: string): ArgumentError =>
  new ArgumentError('bad-strength', `${unit} must be a number ${rule}; got ${value}`);
