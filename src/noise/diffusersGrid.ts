import { ArgumentError, pick } from '../errors.ts';
import { DIFFUSERS_TIMESTEPS, type DiffusersSpacing } from './diffusersTimesteps.ts';
import { checkSteps, karrasSigmas } from './karras.ts';
import type { Leg } from './leg.ts';
import { type NoiseSchedule, sigmaAt, timestepAt } from './schedule.ts';

export type DiffusersGridOptions = {
  /** Name of the solver, as in `SOLVERS`; it decides how the grid is laid. */
  readonly solver: string;
  /** Steps of the full grid, 1 to T; a return runs the last `int(steps * strength)` of them. */
  readonly steps: number;
  /** `strength` of the pipelines, in (0, 1]. */
  readonly strength: number;
  /** `timestep_spacing`. @defaultValue `leading` for ddpm and ddim, else `linspace` */
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
  /** `lower_order_final` of dpm++2m: grids below 15 steps end in a step of first order. @defaultValue true */
  readonly lowerOrderFinal?: boolean;
};

/**
 * The steps of a return in the way of diffusers' image-to-image pipelines, for agreement with them: the last
 * `int(steps * strength)` of the scheduler's full grid. How many steps run depends on the strength, where it begins is
 * as far as the spacing makes it, and the jump must go to `legs[0].from`. `returnSigmas` has none of these flaws.
 *
 * ddpm and ddim arrive `T // steps` timesteps lower, which is not the next grid point in every spacing.
 *
 * @throws ArgumentError `unknown-solver`, `unknown-spacing`, `bad-spacing`, `bad-steps`, `bad-strength`.
 * @see diffusers 0.21.4, `get_timesteps` of the pipelines; `scheduling_*.py`, `set_timesteps` and `step`.
 */
export const diffusersLegs = (schedule: NoiseSchedule, options: DiffusersGridOptions): Leg[] => {
  const { solver, steps, strength } = options;
  const lay = pick(GRIDS, solver, 'solver');
  checkGrid(schedule, options);
  const taken = Math.min(Math.trunc(steps * strength), steps); // in doubles, as Python: of 100 at 0.29 it is 28
  if (taken === 0) {
    const rule = `image-to-image in the way of diffusers takes int(steps * strength) steps, here int(${steps} * ${strength}) = 0`;
    throw new ArgumentError('bad-strength', `${rule}; raise the strength or the steps`);
  }
  const legs = lay(schedule, options).slice(steps - taken);
  const last = schedule.alphaBar.length - 1;
  const beyond = legs.find(({ timestep }) => timestep > last)?.timestep;
  if (beyond === undefined) return legs;
  const rule = `${steps} steps with a steps_offset of ${options.stepsOffset} ask for timestep ${beyond}`;
  throw new ArgumentError('bad-steps', `${rule}, but the schedule ends at ${last}; take fewer steps`);
};

/** Whether a solver's scheduler walks sigmas, which can be spaced after Karras, and not timesteps. */
export const canBend = (solver: string): boolean => pick(GRIDS, solver, 'solver') !== strideGrid;

const checkGrid = ({ alphaBar }: NoiseSchedule, { solver, steps, strength, karras }: DiffusersGridOptions): void => {
  checkSteps(steps);
  const count = alphaBar.length;
  if (steps > count) {
    throw new ArgumentError('bad-steps', `a diffusers grid has at most ${count} steps on this schedule, got ${steps}`);
  }
  if (!(strength > 0 && strength <= 1)) {
    throw new ArgumentError(
      'bad-strength',
      `the strength of a diffusers grid must be above 0 and at most 1, got ${strength}`,
    );
  }
  if (karras && !canBend(solver)) {
    const rule = `${solver} walks timesteps in diffusers, which have no karras spacing`;
    throw new ArgumentError('bad-spacing', `${rule}; choose leading, trailing or linspace, or another solver`);
  }
};

type TimedLeg = Leg & { readonly timestep: number };
type Grid = (schedule: NoiseSchedule, options: DiffusersGridOptions) => TimedLeg[];

/** Legs that each go down by the same whole number of timesteps. */
const strideGrid: Grid = (schedule, options) => {
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
const sigmaGrid: Grid = (schedule, options) => {
  const timesteps = timestepsOf(schedule, options, { spacing: 'linspace', dropsLast: false, isWhole: false });
  const sigmas = timesteps.map((timestep) => sigmaAt(schedule, timestep));
  if (!options.karras) return joined(schedule, { timesteps, sigmas, endsAtZero: options.endsAtZero ?? true });
  const bent = karrasBetween(sigmas);
  const bentTimesteps = bent.map((sigma) => timestepAt(schedule, sigma, Math.log));
  return joined(schedule, { timesteps: bentTimesteps, sigmas: bent, endsAtZero: options.endsAtZero ?? true });
};

/** As the sigma grid, on whole timesteps that leave timestep 0 to the arrival. */
const multistepGrid: Grid = (schedule, options) => {
  const laid = timestepsOf(schedule, options, { spacing: 'linspace', dropsLast: true, isWhole: true });
  const whole = laid.map((timestep) => sigmaAt(schedule, timestep));
  const ends = [sigmaAt(schedule, schedule.alphaBar.length - 1), sigmaAt(schedule, 0)];
  const sigmas = options.karras ? karrasBetween(ends, options.steps) : whole;
  const timesteps = options.karras ? sigmas.map((sigma) => Math.round(timestepAt(schedule, sigma, Math.log))) : laid;
  const legs = joined(schedule, { timesteps, sigmas, endsAtZero: options.endsAtZero ?? false });
  const isShort = (options.lowerOrderFinal ?? true) && legs.length < 15;
  return legs.map((leg, i) => (isShort && i === legs.length - 1 ? { ...leg, lowerOrder: true } : leg));
};

const GRIDS: Readonly<Record<string, Grid>> = {
  ddpm: strideGrid,
  ddim: strideGrid,
  euler: sigmaGrid,
  'euler-ancestral': sigmaGrid,
  heun: sigmaGrid,
  'dpm++2m': multistepGrid,
};

type Layout = { readonly spacing: DiffusersSpacing; readonly dropsLast: boolean; readonly isWhole: boolean };

const timestepsOf = (
  schedule: NoiseSchedule,
  { spacing, steps, stepsOffset }: DiffusersGridOptions,
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
