import { ArgumentError, isCount } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { StrengthSpec } from '../noise/strength.ts';
import type { ImageRange } from '../tensors/range.ts';
import { checkSeed } from './boomerang.ts';
import { type LatentCache, memoryCache } from './cache.ts';
import type { Element } from './elements.ts';
import type { ImageKey } from './images.ts';
import { checkKeep, type DistanceBounds, type Keep } from './keep.ts';
import type { LabelSource } from './labels.ts';
import { planReturn, type ReturnOptions, type ReturnPlan } from './plan.ts';
import type { VariantRecord } from './record.ts';
import { pointAt, type Schedule, valueAt } from './schedules.ts';
import { type Selection, selector } from './select.ts';
import type { AugmentState } from './state.ts';
import { type Strength, strengthOf } from './strength.ts';

export type AugmentOptions = Omit<ReturnOptions, 'strength'> & {
  readonly model: Model;
  /** Decides every random number, together with the image and the epoch. */
  readonly seed: string | number;
  /**
   * A strength; a range `{ from, to }` or a list, from which each image draws; a schedule over epochs (`ramp`, `cosine`,
   * `stepwise`, `cyclic`, `warmUp`, `during`, `perEpoch`, `adaptive`); `byClass`; or a function of progress.
   */
  readonly strength: Strength;
  /** Epochs of the run; needed by what follows its progress. */
  readonly epochs?: number;
  /** The chance that an image is changed in an epoch, or a schedule of it. @defaultValue 1 */
  readonly probability?: number | Schedule;
  /** Which images may be changed at all. @defaultValue all */
  readonly select?: Selection;
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  readonly range?: ImageRange;
  /** Where an element that is an object keeps its images. @defaultValue 'xs' */
  readonly image?: string;
  /** Names the images of an element; by default each is known by a digest of its pixels. */
  readonly keys?: (element: Element) => ImageKey | readonly ImageKey[];
  /** Where the classes are, for whatever needs them: `byClass`, `keep`, `softLabels`, `conditional`. */
  readonly labels?: LabelSource;
  /** Whether images return to their own class instead of the null label. @defaultValue false */
  readonly conditional?: boolean;
  /** `replace`: a variant takes its image's place. `pair`: `{ clean, variant }` does. @defaultValue 'replace' */
  readonly mode?: 'replace' | 'pair';
  /** Keeps this many variants of each image, made once, and draws one for each epoch; the schedules stay at epoch 0. */
  readonly bank?: number;
  /** Uses a variant only if a classifier still sees its class. */
  readonly keep?: Keep;
  /** Uses a variant only at some distance from its image. */
  readonly distance?: DistanceBounds;
  /** Variants that are tried until one passes; then the image stays as it is. @defaultValue 3 */
  readonly tries?: number;
  /** Trusts the label of a variant less the further it was thrown: see `softenLabels`. @defaultValue off */
  readonly softLabels?: { readonly gamma: number };
  /** Keeps noisy latents, and the variants of a bank. @defaultValue a `memoryCache()` where `reuse` or `bank` needs one */
  readonly cache?: LatentCache;
  /** Share of the steps, in [0, 1), that is kept with a throw. @defaultValue 0 */
  readonly branch?: number;
  /** How many epochs in a row return from the same throw, each with fresh noise for what remains. @defaultValue 1 */
  readonly reuse?: number;
  /** Told of every variant that was made, used or not. */
  readonly onVariant?: (record: VariantRecord) => void;
  /** Goes on where another augmenter with the same options stood: what its `state()` gave. */
  readonly state?: AugmentState;
  /** Ends the work at the next step. */
  readonly signal?: AbortSignal;
};

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
