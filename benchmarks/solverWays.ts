import { planReturn } from '../src/index.ts';
import type { Model } from '../src/models/model.ts';
import type { Spacing } from '../src/noise/grids.ts';
import { makeSolver, SOLVERS } from '../src/solvers/solvers.ts';

/** A way back from {@link STRENGTH}, and how often it asks the network. */
export type Way = {
  readonly solver: string;
  readonly steps: number;
  readonly spacing: Spacing;
  readonly evaluations: number;
};

export const STRENGTH = 0.4;
/** In which other solvers are measured: what is used most. */
export const YARDSTICK = { solver: 'ddim', spacing: 'trailing', steps: 20, evaluations: 20 } as const;

const COUNTS = [4, 5, 6, 7, 10, 20];
const QUICK_COUNTS = [3, 5, 10, 20];
/** Those that suit a solver: that of the steps it was published with, and those dense at low noise. */
const SPACINGS: Readonly<Record<string, readonly Spacing[]>> = { ddim: ['trailing'], heun: ['karras'] };
const BENT: readonly Spacing[] = ['karras', 'power'];
/** Without fresh noise they are next to `ddim`. */
const TWINS = ['euler', 'euler-ancestral'];

/**
 * The converged return: many steps along the probability flow. Not DDIM's: where estimates are clipped, a step of DDIM
 * moves the image by what was clipped, however short the step, so that more steps lead further away.
 */
export const REFERENCE: Way = { solver: 'unipc', spacing: 'karras', steps: 100, evaluations: 100 };

/** Ways that show whether the reference is converged, and what becomes of DDIM with more and more steps. */
export const checkWays = (quick: boolean): Way[] => [
  { solver: 'heun', spacing: 'karras', steps: 50, evaluations: 99 },
  { solver: 'unipc', spacing: 'karras', steps: 50, evaluations: 50 },
  ...(quick ? [50] : [50, 100]).map((steps): Way => ({ ...YARDSTICK, steps, evaluations: steps })),
];

/** Every solver that draws no noise, with every spacing and every number of evaluations that it can make. */
export const waysOf = (model: Model, quick: boolean): Way[] =>
  Object.keys(SOLVERS)
    .filter((solver) => !TWINS.includes(solver) && drawsNothing(solver))
    .flatMap((solver) =>
      (SPACINGS[solver] ?? BENT).flatMap((spacing) =>
        (quick ? QUICK_COUNTS : COUNTS).flatMap((evaluations) => wayWith(model, { solver, spacing, evaluations })),
      ),
    );

const drawsNothing = (solver: string): boolean => {
  try {
    return !makeSolver(solver, { eta: 0 }).stochastic;
  } catch {
    return false; // it refuses an eta of 0
  }
};

/** The way with so many evaluations, or none: a solver may ask once a step, or twice save in the last. */
const wayWith = (model: Model, way: Omit<Way, 'steps'>): Way[] => {
  const candidates = [way.evaluations, (way.evaluations + 1) / 2].filter(Number.isInteger);
  const planned = (steps: number): number =>
    planReturn(model, { solver: way.solver, spacing: way.spacing, steps, strength: STRENGTH }).evaluations;
  return candidates.filter((steps) => planned(steps) === way.evaluations).map((steps) => ({ ...way, steps }));
};
