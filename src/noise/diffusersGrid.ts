import { ArgumentError, pick } from '../errors.ts';
import { type FullGridOptions, type Grid, multistepGrid, sigmaGrid, strideGrid, type TimedLeg } from './fullGrids.ts';
import { checkSteps } from './karras.ts';
import { lcmTimesteps } from './lcmTimesteps.ts';
import type { Leg } from './leg.ts';
import { type NoiseSchedule, sigmaAt } from './schedule.ts';

export type DiffusersGridOptions = FullGridOptions & {
  /** `strength` of the pipelines, in (0, 1]. */
  readonly strength: number;
  /** `original_inference_steps` of lcm, 1 to T: what the model was distilled on. @defaultValue 50 */
  readonly originalSteps?: number | undefined;
};

/**
 * The steps of a return in the way of diffusers' image-to-image pipelines, for agreement with them: the last
 * `int(steps * strength)` of the scheduler's full grid. How many steps run depends on the strength, where it begins is
 * as far as the spacing makes it, and the jump must go to `legs[0].from`. `returnSigmas` has none of these flaws.
 *
 * ddpm and ddim arrive `T // steps` timesteps lower, which is not the next grid point in every spacing. lcm runs all
 * steps, on timesteps that the model was distilled at.
 *
 * @throws ArgumentError `unknown-solver`, `unknown-spacing`, `bad-spacing`, `bad-steps`, `bad-strength`.
 * @see diffusers 0.21.4, `get_timesteps` of the pipelines; `scheduling_*.py`, `set_timesteps` and `step`. Of 0.40 for
 * unipc and lcm.
 */
export const diffusersLegs = (schedule: NoiseSchedule, options: DiffusersGridOptions): Leg[] => {
  const { enter } = pick(GRIDS, options.solver, 'solver');
  checkGrid(schedule, options);
  const legs = enter(schedule, options);
  const last = schedule.alphaBar.length - 1;
  const beyond = legs.find(({ timestep }) => timestep > last)?.timestep;
  if (beyond === undefined) return legs;
  const rule = `${options.steps} steps with a steps_offset of ${options.stepsOffset} ask for timestep ${beyond}`;
  throw new ArgumentError('bad-steps', `${rule}, but the schedule ends at ${last}; take fewer steps`);
};

/** Whether a solver's scheduler walks sigmas, which can be spaced after Karras, and not timesteps. */
export const canBend = (solver: string): boolean => pick(GRIDS, solver, 'solver').bends;

const checkGrid = (
  { alphaBar }: NoiseSchedule,
  { solver, steps, strength, karras, spacing }: DiffusersGridOptions,
): void => {
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
  if (solver === 'lcm' && (karras || (spacing ?? 'trailing') !== 'trailing')) {
    const rule = `lcm walks timesteps that the model was distilled at, got the spacing ${karras ? 'karras' : spacing}`;
    throw new ArgumentError('bad-spacing', `${rule}; leave it out, or take another solver`);
  }
  if (karras && !canBend(solver)) {
    const rule = `${solver} walks timesteps in diffusers, which have no karras spacing`;
    throw new ArgumentError('bad-spacing', `${rule}; choose leading, trailing or linspace, or another solver`);
  }
};

type Enter = (schedule: NoiseSchedule, options: DiffusersGridOptions) => TimedLeg[];

/** The last steps of a full grid, as many as the strength's share of them. */
const lastOf =
  (lay: Grid): Enter =>
  (schedule, options) => {
    const { steps, strength } = options;
    const taken = Math.min(Math.trunc(steps * strength), steps); // in doubles, as Python: of 100 at 0.29 it is 28
    if (taken > 0) return lay(schedule, options).slice(steps - taken);
    const rule = `image-to-image in the way of diffusers takes int(steps * strength) steps, here int(${steps} * ${strength}) = 0`;
    throw new ArgumentError('bad-strength', `${rule}; raise the strength or the steps`);
  };

const enterLcm: Enter = (schedule, { steps, strength, originalSteps = 50 }) => {
  const timesteps = lcmTimesteps({ count: schedule.alphaBar.length, steps, strength, originalSteps });
  const sigmas = [...timesteps.map((timestep) => sigmaAt(schedule, timestep)), 0];
  return timesteps.map((timestep, i) => ({ timestep, from: sigmas[i] ?? 0, to: sigmas[i + 1] ?? 0 }));
};

const GRIDS: Readonly<Record<string, { readonly enter: Enter; readonly bends: boolean }>> = {
  ddpm: { enter: lastOf(strideGrid), bends: false },
  ddim: { enter: lastOf(strideGrid), bends: false },
  euler: { enter: lastOf(sigmaGrid), bends: true },
  'euler-ancestral': { enter: lastOf(sigmaGrid), bends: true },
  heun: { enter: lastOf(sigmaGrid), bends: true },
  'dpm++2m': { enter: lastOf(multistepGrid), bends: true },
  unipc: { enter: lastOf(multistepGrid), bends: true },
  lcm: { enter: enterLcm, bends: false },
};
