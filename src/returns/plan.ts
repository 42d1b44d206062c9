import { checkOptions } from '../checks.ts';
import { ArgumentError, pick } from '../errors.ts';
import { checkModel } from '../models/checkModel.ts';
import { DISTILLED_GUIDANCE } from '../models/conditions.ts';
import type { Model } from '../models/model.ts';
import type { Spacing } from '../noise/grids.ts';
import { resolveStrength, shareOf } from '../noise/strength.ts';
import { evaluationsOf, type Leg, makeSolver, type Solver } from '../solvers/index.ts';
import { warnOnce } from '../warn.ts';
import { ENTRIES } from './entries.ts';
import { type ReturnOptions, returnOptionsOf, returnSchema } from './returnOptions.ts';
import { usualSolver, usualWay } from './usual.ts';

/** {@link planReturn} for options among others. */
export const planAmong = (model: Model, options: ReturnOptions): ReturnPlan =>
  planReturn(model, returnOptionsOf(options));

/** Everything about a return that can be known before an image is seen. */
export type ReturnPlan = {
  /** Share of the forward process that is thrown over, which is not always what was asked for: see `resolveStrength`. */
  readonly strength: number;
  /** The timestep that is thrown to, on the model's own scale; whole numbers are the trained ones. */
  readonly timestep: number;
  /** The noise level that is thrown to, in units of image standard deviation. */
  readonly sigma: number;
  readonly legs: readonly Leg[];
  readonly solver: Solver;
  /** The solver and its options, as text that is equal for equal ones. */
  readonly solverName: string;
  /** The options that led here, with their defaults. */
  readonly manner: Manner;
  /** Network calls per image, two for each step that is guided. */
  readonly evaluations: number;
  /** Whether images are led away from something, for which the network is asked twice in each step. */
  readonly isGuided: boolean;
  /** Whether anything happens to an image: it is thrown, or goes through an autoencoder. */
  readonly isMoving: boolean;
  /** How strongly images are led; 1 is off. */
  readonly guidance: number;
  /** Whether the start is noise alone, strength 1, in which nothing of the image is left. */
  readonly fromNoise: boolean;
};

type Manner = {
  readonly solver: string;
  readonly steps: number;
  readonly eta: number | null;
  readonly spacing: Spacing;
  readonly entry: 'start' | 'diffusers';
  readonly guidance: number;
  readonly roundTrip: boolean;
};

/**
 * Plans the return of images with a model: which noise level they are thrown to, and the steps that lead back.
 *
 * @throws ArgumentError `unknown-option`, `bad-model`, `bad-strength`, `bad-steps`, `unknown-solver`, `unknown-spacing`, `bad-eta`,
 * `unknown-entry`, `bad-guidance`.
 */
export const planReturn = (model: Model, options: ReturnOptions): ReturnPlan => {
  checkModel(model);
  checkOptions('planReturn', returnSchema, options);
  const { strength, eta, solver: name = eta ? 'ddim' : usualSolver(model.scheduler), entry = 'start' } = options;
  const { roundTrip = false, guidance = model.takesGuidance ? DISTILLED_GUIDANCE : 1 } = options;
  const { variance, schedule, consistency } = model.scheduler;
  checkGuidance(model, guidance);
  if (roundTrip && !model.isLatent) warnOnce('roundTrip does nothing: this model has no autoencoder; leave it out');
  if (model.outChannels !== model.latentShape[2]) {
    const rule = `a return needs a network with as many output channels as what walks has, ${model.latentShape[2]}`;
    throw new ArgumentError(
      'bad-model',
      `${rule}; this one has ${model.outChannels}, and model.predict alone can be used`,
    );
  }
  const start = resolveStrength(schedule, strength);
  const solver = makeSolver(name, { eta, variance, schedule, timestepScaling: consistency?.timestepScaling });
  const { spacingOf, enter } = pick(ENTRIES, entry, 'entry');
  const { steps = usualWay(name).steps, spacing = spacingOf(model, name) } = options;
  const legs = enter(model, { strength, steps, spacing, solver: name });
  const isGuided = guidance !== 1 && !model.takesGuidance;
  const evaluations = evaluationsOf(solver, legs) * (isGuided ? 2 : 1);
  const timestep = legs[0]?.timestep;
  const sigma = (legs[0]?.from ?? 0) as number; // the jump lands where the walk begins, or noise would be left
  return {
    strength: timestep === undefined || strength === 1 ? start.strength : shareOf(schedule, { timestep }),
    timestep: timestep ?? start.timestep,
    sigma,
    legs,
    solver,
    solverName: JSON.stringify([name, eta ?? null, variance]),
    manner: { solver: name, steps, eta: eta ?? null, spacing, entry, guidance, roundTrip },
    guidance,
    isGuided,
    evaluations,
    isMoving: evaluations > 0 || (roundTrip && model.isLatent),
    fromNoise: strength === 1,
  };
};

/** @throws ArgumentError `bad-guidance` */
const checkGuidance = ({ text, labels, takesGuidance }: Model, guidance: number): void => {
  if (guidance === 1 || takesGuidance || text || labels?.nullLabel !== undefined) return;
  const rule = 'guidance needs a model with text, or with classes and a null label, and this one has neither';
  throw new ArgumentError('bad-guidance', `${rule}, got ${guidance}; leave it out`);
};

/**
 * The legs of images that walk together. They may differ in strength, not in the number of steps.
 *
 * @param plans at least one.
 * @throws ArgumentError `bad-entry` for plans of unequal length, as `entry: 'diffusers'` makes them.
 */
export const mergeLegs = (plans: readonly ReturnPlan[]): readonly Leg[] => {
  const [first] = plans as readonly [ReturnPlan];
  if (plans.every((plan) => plan === first)) return first.legs;
  if (
    plans.some(({ legs }) => legs.length !== first.legs.length || legs.some(({ timestep }) => timestep !== undefined))
  ) {
    const rule =
      "images of different strengths can walk together only with entry 'start', where all take equally many steps";
    throw new ArgumentError('bad-entry', rule);
  }
  const level = (end: 'from' | 'to', step: number): number[] => plans.map(({ legs }) => legs[step]?.[end] as number);
  return first.legs.map((_, step) => ({ from: level('from', step), to: level('to', step) }));
};
