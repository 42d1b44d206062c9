import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { Spacing } from '../noise/grids.ts';

/**
 * The solver that walks a model where none is asked for: what it was distilled for, else DPM-Solver++. `unipc` and
 * `power2m` come nearer to the converged return at most strengths and numbers of evaluations, and neither does at all of
 * them (`npm run bench -- solvers`).
 */
export const usualSolver = ({ consistency }: SchedulerConfig): string =>
  consistency === undefined ? 'dpm++2m' : 'lcm';

type Way = { readonly steps: number; readonly spacing: Spacing };

const WAYS: Readonly<Record<string, Way>> = {
  power2m: { steps: 6, spacing: 'power' },
  'dpm++2m': { steps: 7, spacing: 'karras' },
  unipc: { steps: 7, spacing: 'karras' },
  lcm: { steps: 4, spacing: 'trailing' },
};

/** How many steps a solver takes where nothing is said, and how they are spread from the start down. */
export const usualWay = (solver: string): Way => WAYS[solver] ?? { steps: 10, spacing: 'trailing' };
