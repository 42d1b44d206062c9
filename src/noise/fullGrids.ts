import { pick } from '../errors.ts';
import { DIFFUSERS_TIMESTEPS, type DiffusersSpacing } from './diffusersTimesteps.ts';
import { karrasSigmas } from './karras.ts';
import type { Leg } from './leg.ts';
import { type NoiseSchedule, sigmaAt, timestepAt } from './schedule.ts';

export type FullGridOptions = {
  /** Name of the solver, as in `SOLVERS`; it decides how the grid is laid. */
  readonly solver: string;
  /** Steps of the full grid, 1 to T. */
  readonly steps: number;
  /** `timestep_spacing`. @defaultValue `leading` for ddpm and ddim, `trailing` for lcm, else `linspace` */
  readonly spacing?: DiffusersSpacing;
  /** `steps_offset`. @defaultValue 0 */
  readonly stepsOffset?: number;
  /**
   * Whether the last step arrives at sigma 0, else at the level of timestep 0: `set_alpha_to_one` of ddim, and
   * `final_sigmas_type: zero`. @defaultValue false for dpm++2m, whose scheduler had no such setting in 0.21, else true
   */
  readonly endsAtZero?: boolean;
  /** `use_karras_sigmas`, for the solvers that walk sigmas. @defaultValue false */
  readonly karras?: boolean;
  /**
   * `lower_order_final`: grids of dpm++2m below 15 steps, and all of unipc, end in a step of first order.
   * @defaultValue true
   */
  readonly lowerOrderFinal?: boolean;
};

export type TimedLeg = Leg & { readonly timestep: number };
export type Grid = (schedule: NoiseSchedule, options: FullGridOptions) => TimedLeg[];

/** Legs that each go down by the same whole number of timesteps. */
export const strideGrid: Grid = (schedule, options) => {
  const stride = Math.floor(schedule.alphaBar.length / options.steps);
  const final = (options.endsAtZero ?? true) ? 0 : sigmaAt(schedule, 0);
  return timestepsOf(schedule, options, { spacing: 'leading', dropsLast: false, isWhole: true }).map((timestep) => ({
    timestep,
    from: sigmaAt(schedule, timestep),
    to: timestep >= stride ? sigmaAt(schedule, timestep - stride) : final,
    rounded: true,
  }));
};

/** Legs between neighbouring sigmas at evenly spaced timesteps, fractions included, or between Karras sigmas. */
export const sigmaGrid: Grid = (schedule, options) => {
  const timesteps = timestepsOf(schedule, options, { spacing: 'linspace', dropsLast: false, isWhole: false });
  const sigmas = timesteps.map((timestep) => sigmaAt(schedule, timestep));
  if (!options.karras) return joined(schedule, { timesteps, sigmas, endsAtZero: options.endsAtZero ?? true });
  const bent = karrasBetween(sigmas);
  const bentTimesteps = bent.map((sigma) => timestepAt(schedule, sigma, Math.log));
  return joined(schedule, { timesteps: bentTimesteps, sigmas: bent, endsAtZero: options.endsAtZero ?? true });
};

/** As the sigma grid, on whole timesteps that leave timestep 0 to the arrival. */
export const multistepGrid: Grid = (schedule, options) => {
  const laid = timestepsOf(schedule, options, { spacing: 'linspace', dropsLast: true, isWhole: true });
  const whole = laid.map((timestep) => sigmaAt(schedule, timestep));
  const ends = [sigmaAt(schedule, schedule.alphaBar.length - 1), sigmaAt(schedule, 0)];
  const sigmas = options.karras ? karrasBetween(ends, options.steps) : whole;
  const timesteps = options.karras ? sigmas.map((sigma) => Math.round(timestepAt(schedule, sigma, Math.log))) : laid;
  const endsAtZero = options.endsAtZero ?? options.solver === 'unipc';
  const legs = joined(schedule, { timesteps, sigmas, endsAtZero });
  const isShort = legs.length < 15 || options.solver === 'unipc'; // which never ends in second order
  const isLower = (i: number): boolean => (options.lowerOrderFinal ?? true) && isShort && i === legs.length - 1;
  return legs.map((leg, i) => (isLower(i) ? { ...leg, lowerOrder: true } : leg));
};

type Layout = { readonly spacing: DiffusersSpacing; readonly dropsLast: boolean; readonly isWhole: boolean };

const timestepsOf = (
  schedule: NoiseSchedule,
  { spacing, steps, stepsOffset }: FullGridOptions,
  layout: Layout,
): number[] =>
  pick(
    DIFFUSERS_TIMESTEPS,
    spacing ?? layout.spacing,
    'spacing',
  )({ count: schedule.alphaBar.length, steps, offset: stepsOffset ?? 0, ...layout });

type Points = {
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
  readonly endsAtZero: boolean;
};

/** diffusers keeps these sigmas as float32, and a return from pure noise shows it. */
const joined = (schedule: NoiseSchedule, { timesteps, sigmas, endsAtZero }: Points): TimedLeg[] => {
  const final = endsAtZero ? 0 : sigmaAt(schedule, 0);
  const levels = [...sigmas, final].map(Math.fround);
  return timesteps.map((timestep, i) => ({ timestep, from: levels[i] ?? 0, to: levels[i + 1] ?? 0 }));
};

/** Karras sigmas between the first and the last of a list, as many as it has. */
const karrasBetween = (sigmas: readonly number[], steps = sigmas.length): number[] => {
  const [sigmaMax = 0, sigmaMin = 0] = [sigmas[0], sigmas.at(-1)];
  return sigmaMin < sigmaMax ? karrasSigmas({ steps, sigmaMin, sigmaMax }).slice(0, steps) : [sigmaMax];
};
