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

const COUNTS = [3, 4, 5, 6, 7, 10, 20];
const QUICK_COUNTS = [3, 5, 10, 20];
const SPACINGS: readonly Spacing[] = ['trailing', 'karras', 'power'];
/** Without fresh noise they are next to `ddim`. */
const TWINS = ['euler', 'euler-ancestral'];

/** Near enough to the converged return for errors of a few evaluations. */
export const quickReference: Way = { solver: 'unipc', spacing: 'karras', steps: 100, evaluations: 100 };

/**
 * The converged return: many steps along the probability flow. Not DDIM's: where estimates are clipped, a step of DDIM
 * moves the image by what was clipped, however short the step, so that more steps lead further away.
 */
export const referenceWay = (quick: boolean): Way =>
  quick ? quickReference : { solver: 'unipc', spacing: 'karras', steps: 200, evaluations: 200 };

/** Ways that show whether the reference is converged, and what becomes of DDIM with more and more steps. */
export const checkWays = (quick: boolean): Way[] => [
  { solver: 'heun', spacing: 'karras', steps: quick ? 25 : 100, evaluations: quick ? 49 : 199 },
  ...(quick ? [] : [quickReference]),
  ...(quick ? [50] : [50, 100]).map((steps): Way => ({ ...YARDSTICK, steps, evaluations: steps })),
];

/** Every solver that draws no noise, with every spacing and every number of evaluations that it can make. */
export const waysOf = (model: Model, quick: boolean): Way[] =>
  Object.keys(SOLVERS)
    .filter((solver) => !TWINS.includes(solver) && drawsNothing(solver))
    .flatMap((solver) =>
      SPACINGS.flatMap((spacing) =>
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
