import { ArgumentError, pick } from '../errors.ts';
import type { NoiseSchedule } from '../noise/schedule.ts';
import { ddim } from './ddim.ts';
import { DEVIATIONS, ddpm, type Variance } from './ddpm.ts';
import { dpmpp2m } from './dpmpp2m.ts';
import { euler } from './euler.ts';
import { eulerAncestral } from './eulerAncestral.ts';
import { heun } from './heun.ts';
import { lcm } from './lcm.ts';
import { power2m } from './power2m.ts';
import type { Solver } from './step.ts';
import { unipc } from './unipc.ts';

export type SolverOptions = {
  /**
   * Share of fresh noise in every step, 0 to 1, for ddim and euler-ancestral; ddpm and lcm are always at 1, the others
   * at 0.
   * @defaultValue 0 for ddim, 1 for euler-ancestral
   */
  readonly eta?: number | undefined;
  /** The variance of ddpm. @defaultValue 'small' */
  readonly variance?: Variance | undefined;
  /** The schedule of the model, which lcm cannot do without. */
  readonly schedule?: NoiseSchedule | undefined;
  /** Multiplies timesteps in the boundary condition of lcm, above 0. @defaultValue 10 */
  readonly timestepScaling?: number | undefined;
};

/** Every solver, by the name that users give. */
export const SOLVERS: Readonly<Record<string, (options: SolverOptions) => Solver>> = {
  ddpm: ({ eta, variance = 'small' }) => {
    pick(DEVIATIONS, variance, 'variance');
    return fixed('ddpm', { eta, only: 1, solver: ddpm(variance) });
  },
  ddim: ({ eta = 0 }) => ddim(eta),
  euler: ({ eta }) => fixed('euler', { eta, only: 0, solver: euler }),
  'euler-ancestral': ({ eta = 1 }) => eulerAncestral(eta),
  heun: ({ eta }) => fixed('heun', { eta, only: 0, solver: heun }),
  'dpm++2m': ({ eta }) => fixed('dpm++2m', { eta, only: 0, solver: dpmpp2m }),
  power2m: ({ eta }) => fixed('power2m', { eta, only: 0, solver: power2m }),
  unipc: ({ eta }) => fixed('unipc', { eta, only: 0, solver: unipc }),
  lcm: ({ eta, schedule, timestepScaling = 10 }) => {
    if (schedule === undefined) {
      throw new ArgumentError('missing-schedule', 'lcm goes by timesteps; pass the schedule of the model');
    }
    if (!(timestepScaling > 0)) {
      const rule = `timestepScaling must be above 0, got ${timestepScaling}`;
      throw new ArgumentError('bad-timestep-scaling', `${rule}; 10 is usual`);
    }
    return fixed('lcm', { eta, only: 1, solver: lcm({ schedule, timestepScaling }) });
  },
};

/**
 * The solver of a name.
 *
 * @throws ArgumentError `unknown-solver`, `unknown-variance`, `bad-eta`, `missing-schedule`, `bad-timestep-scaling`.
 */
export const makeSolver = (name: string, options: SolverOptions = {}): Solver => {
  const make = pick(SOLVERS, name, 'solver');
  const { eta = 0 } = options;
  if (!(eta >= 0 && eta <= 1)) {
    throw new ArgumentError('bad-eta', `eta must be between 0 (no fresh noise) and 1 (as much as DDPM), got ${eta}`);
  }
  return make(options);
};

type Fixed = { readonly eta: number | undefined; readonly only: number; readonly solver: Solver };

/** Refuses an eta that would be ignored. */
const fixed = (name: string, { eta, only, solver }: Fixed): Solver => {
  if (eta === undefined || eta === only) return solver;
  throw new ArgumentError(
    'bad-eta',
    `${name} always has an eta of ${only}, got ${eta}; leave eta out, or take the solver ddim or euler-ancestral`,
  );
};
