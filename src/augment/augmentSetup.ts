import { ArgumentError, isCount } from '../errors.ts';
import type { StrengthSpec } from '../noise/strength.ts';
import type { AugmentOptions } from './augmentOptions.ts';
import { checkSeed } from './boomerang.ts';
import { type LatentCache, memoryCache } from './cache.ts';
import type { ImageKey } from './images.ts';
import { checkKeep } from './keep.ts';
import { planReturn, type ReturnPlan } from './plan.ts';
import { pointAt, valueAt } from './schedules.ts';
import { selector } from './select.ts';
import { strengthOf } from './strength.ts';

/** Options that were checked, with what follows from them. */
export type AugmentSetup = {
  readonly options: AugmentOptions;
  readonly branch: number;
  readonly reuse: number;
  readonly tries: number;
  readonly cache: LatentCache | undefined;
  readonly selects: (key: ImageKey) => boolean;
  probabilityAt(epoch: number): number;
  planFor(strength: StrengthSpec): ReturnPlan;
};

/** Plans that are remembered; a range gives every image another one. */
const REMEMBERED = 256;

/**
 * Checks everything that can be checked before an image is seen.
 *
 * @throws ArgumentError `bad-probability`, `bad-branch`, `bad-reuse`, `bad-epochs`, `bad-bank`, `bad-tries`, `bad-keep`,
 * `bad-distance`, `bad-soft-labels`, `bad-select`, `unknown-mode`, `no-labels`, and those of a return.
 */
export const setUpAugment = (options: AugmentOptions): AugmentSetup => {
  const { probability = 1, branch = 0, reuse = 1, tries = 3, bank, epochs } = options;
  checkSeed(options.seed);
  checkCounts(
    Object.fromEntries(Object.entries({ reuse, tries, bank, epochs }).filter(([, count]) => count !== undefined)),
  );
  checkModes(options);
  if (!(branch >= 0 && branch < 1)) {
    throw new ArgumentError(
      'bad-branch',
      `branch must be at least 0 and below 1, got ${branch}; 0 keeps the throw alone`,
    );
  }
  const setup: AugmentSetup = {
    options,
    branch,
    reuse,
    tries,
    cache: options.cache ?? (reuse > 1 || bank !== undefined ? memoryCache() : undefined),
    selects: selector(options.select, options.seed),
    probabilityAt: (epoch) => checkProbability(valueAt(probability, pointAt(epoch, options.epochs))),
    planFor: rememberPlans(options),
  };
  setup.probabilityAt(0);
  checkReturn(setup);
  return setup;
};

const checkCounts = (counts: Readonly<Record<string, number | undefined>>): void => {
  for (const [name, count] of Object.entries(counts)) {
    if (isCount(count)) continue;
    throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least 1, got ${count}`);
  }
};

const checkModes = ({
  mode = 'replace',
  keep,
  distance,
  softLabels,
  conditional,
  labels,
  model,
}: AugmentOptions): void => {
  if (mode !== 'replace' && mode !== 'pair') {
    const choices = 'choose one of: replace, pair (append is a mode of augmentDataset)';
    throw new ArgumentError('unknown-mode', `unknown mode "${mode}"; ${choices}`);
  }
  checkKeep(keep, distance);
  if (softLabels && !(softLabels.gamma > 0)) {
    throw new ArgumentError('bad-soft-labels', `the gamma of softLabels must be above 0, got ${softLabels.gamma}`);
  }
  if (softLabels && typeof labels === 'function') {
    throw new ArgumentError(
      'bad-soft-labels',
      'softLabels needs the key of the label tensor, { labels: "ys" }, got a function',
    );
  }
  if (conditional && !model.labels) {
    throw new ArgumentError('bad-label', 'conditional needs a model with classes, and this one has none; leave it out');
  }
  if ((keep || softLabels || conditional) && labels === undefined) {
    throw new ArgumentError(
      'no-labels',
      'keep, softLabels and conditional need to know where classes are, { labels: "ys" }',
    );
  }
};

/** Tries what can be tried of the return: a strength that depends on the image shows itself when the image comes. */
const checkReturn = ({ options, reuse, planFor }: AugmentSetup): void => {
  const { strength, epochs } = options;
  const isOwnSchedule = typeof strength === 'function' && 'config' in strength && strength.config?.[0] !== 'byClass';
  const known = typeof strength !== 'function' || isOwnSchedule;
  const at = { ...pointAt(0, epochs), element: 0, label: undefined };
  const { solver } = planFor(known ? strengthOf(strength, at, ['check']) : 0.5);
  if (reuse === 1 || solver.stochastic) return;
  const rule = `reuse ${reuse} needs a solver that draws noise on the way back, or every variant of a throw is the same`;
  throw new ArgumentError('bad-reuse', `${rule}; set eta above 0, or choose ddpm or euler-ancestral`);
};

const checkProbability = (probability: number): number => {
  if (probability >= 0 && probability <= 1) return probability;
  throw new ArgumentError('bad-probability', `probability must be between 0 and 1, got ${probability}`);
};

const rememberPlans = ({ model, steps, solver, eta, spacing, entry }: AugmentOptions) => {
  const manner = Object.fromEntries(
    Object.entries({ steps, solver, eta, spacing, entry }).filter(([, value]) => value !== undefined),
  );
  const plans = new Map<string, ReturnPlan>();
  return (strength: StrengthSpec): ReturnPlan => {
    const name = typeof strength === 'number' ? String(strength) : JSON.stringify(strength);
    const known = plans.get(name);
    if (known) return known;
    const plan = planReturn(model, { ...manner, strength });
    if (plans.size >= REMEMBERED) plans.clear();
    plans.set(name, plan);
    return plan;
  };
};
