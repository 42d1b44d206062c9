import { type Bank, memoryBank } from '../../caches/bank.ts';
import { type LatentCache, memoryCache } from '../../caches/cache.ts';
import { ArgumentError } from '../../errors.ts';
import type { StrengthSpec } from '../../noise/strength.ts';
import { checkAim, classesOf } from '../../returns/aim.ts';
import { planAmong, type ReturnPlan } from '../../returns/plan.ts';
import { isAdaptive } from '../../schedules/adaptive.ts';
import { pointAt, valueAt } from '../../schedules/schedules.ts';
import { strengthOf } from '../../schedules/strength.ts';
import { checkPrompt } from '../../text/prompt.ts';
import { warn } from '../../warn.ts';
import type { Naming } from '../naming.ts';
import { checkFilters } from './filters.ts';
import type { AugmentOptions } from './options.ts';
import { makeSelector, type Selector } from './select.ts';

/** Options that were checked, with what follows from them. */
export type AugmentSetup = {
  readonly options: AugmentOptions;
  readonly naming: Naming;
  readonly branch: number;
  readonly reuse: number;
  readonly tries: number;
  readonly bank: Bank | undefined;
  /** Of noisy latents; none beside a bank, which asks for each throw once. */
  readonly cache: LatentCache | undefined;
  /** Of images as a latent model encodes them, beside a bank as well: none is encoded twice. */
  readonly encodings: LatentCache | undefined;
  readonly selector: Selector;
  probabilityAt(epoch: number): number;
  planFor(strength: StrengthSpec): ReturnPlan;
  /** How many steps of a plan belong to its throw. */
  branchStepOf(plan: ReturnPlan): number;
};

/** Plans that are remembered; a range gives every image another one. */
const REMEMBERED = 256;

/**
 * Checks what the options say together, before an image is seen.
 *
 * @throws ArgumentError `bad-probability`, `bad-reuse`, `bad-epochs`, `bad-keep`, `bad-distance`, `bad-soft-labels`,
 * `bad-select`, `no-labels`, and those of a return.
 */
export const setUpAugment = (options: AugmentOptions): AugmentSetup => {
  const { probability = 1, branch = 0, reuse = 1, tries = 3, bank, image, keys, range } = options;
  checkTogether(options);
  const naming = { image, keys, range };
  const cache = bank === undefined ? (options.cache ?? (reuse > 1 ? memoryCache() : undefined)) : undefined;
  const store = typeof bank === 'number' ? memoryBank({ variants: bank }) : bank;
  const setup: AugmentSetup = {
    options,
    naming,
    branch,
    reuse,
    tries: store?.tries ?? tries,
    bank: store,
    cache,
    encodings: options.model.isLatent ? (options.cache ?? cache ?? memoryCache()) : undefined,
    selector: makeSelector(options.select, options.seed, naming),
    probabilityAt: (epoch) => checkProbability(valueAt(probability, pointAt(epoch, options.epochs))),
    planFor: rememberPlans(options),
    branchStepOf: ({ legs }) => Math.round(branch * legs.length),
  };
  setup.probabilityAt(0);
  checkReturn(setup);
  return setup;
};

const checkTogether = (options: AugmentOptions): void => {
  const { keep, distance, softLabels, conditional, labels, model, bank, prompt, ...rest } = options;
  checkFilters(keep, distance);
  checkAim(model, { ...options, toClasses: conditional });
  if (prompt !== undefined) {
    checkPrompt(prompt, { hasLabels: labels !== undefined, classes: rest.classes ?? classesOf(model) });
  }
  if (softLabels && typeof labels === 'function') {
    throw new ArgumentError(
      'bad-soft-labels',
      'softLabels needs the place of the label tensor, { labels: "ys" }, got a function',
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
  if (bank === undefined) return;
  const unused = [
    ...(rest.cache && !model.isLatent ? ['cache'] : []),
    ...((rest.reuse ?? 1) > 1 ? ['reuse'] : []),
  ].join(' and ');
  if (unused !== '') warn(`${unused} is not used beside a bank, which makes each variant once and keeps it itself`);
};

/** Tries what can be tried of the return: a strength that depends on the image shows itself when the image comes. */
const checkReturn = ({ options, reuse, bank, planFor }: AugmentSetup): void => {
  const { strength, epochs } = options;
  const isOwnSchedule =
    typeof strength === 'function' &&
    (isAdaptive(strength) ||
      ('config' in strength && strength.config !== undefined && strength.config[0] !== 'byClass'));
  const known = typeof strength !== 'function' || isOwnSchedule;
  const at = { ...pointAt(0, epochs), element: 0, label: undefined };
  for (const one of Array.isArray(strength) ? strength : []) planFor(one);
  const { solver } = planFor(known ? strengthOf(strength, at, ['check']) : 0.5);
  if (reuse === 1 || bank !== undefined || solver.stochastic) return;
  const rule = `reuse ${reuse} needs a solver that draws noise on the way back, or every variant of a throw is the same`;
  throw new ArgumentError('bad-reuse', `${rule}; set eta above 0, or choose ddpm or euler-ancestral`);
};

const checkProbability = (probability: number): number => {
  if (probability >= 0 && probability <= 1) return probability;
  throw new ArgumentError('bad-probability', `probability must be between 0 and 1, got ${probability}`);
};

const rememberPlans = (options: AugmentOptions) => {
  const plans = new Map<string, ReturnPlan>();
  return (strength: StrengthSpec): ReturnPlan => {
    const name = typeof strength === 'number' ? String(strength) : JSON.stringify(strength);
    const known = plans.get(name);
    if (known) return known;
    const plan = planAmong(options.model, { ...options, strength });
    if (plans.size >= REMEMBERED) plans.clear();
    plans.set(name, plan);
    return plan;
  };
};
