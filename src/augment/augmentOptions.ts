import { ArgumentError, isCount } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { ImageRange } from '../tensors/range.ts';
import type { ImageKey } from './batch.ts';
import { checkSeed } from './boomerang.ts';
import { type LatentCache, memoryCache } from './cache.ts';
import type { Element } from './elements.ts';
import { planReturn, type ReturnOptions, type ReturnPlan } from './plan.ts';
import { progressAt, type Strength } from './schedules.ts';

export type AugmentOptions = Omit<ReturnOptions, 'strength'> & {
  readonly model: Model;
  /** Decides every random number, together with the image and the epoch. */
  readonly seed: string | number;
  /** A strength, or a function of progress: `constant`, `ramp`, `cosine`, `stepwise`, your own. */
  readonly strength: Strength;
  /** Epochs of the run; needed when the strength changes. */
  readonly epochs?: number;
  /** The chance that an image is changed in an epoch. @defaultValue 1 */
  readonly probability?: number;
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  readonly range?: ImageRange;
  /** Where an element that is an object keeps its images. @defaultValue 'xs' */
  readonly image?: string;
  /** Names the images of an element; by default each is known by a digest of its pixels. */
  readonly keys?: (element: Element) => ImageKey | readonly ImageKey[];
  /** Keeps noisy latents. @defaultValue a `memoryCache()` of 256 MB if `reuse` is above 1, else none */
  readonly cache?: LatentCache;
  /** Share of the steps, in [0, 1), that is kept with a throw. @defaultValue 0 */
  readonly branch?: number;
  /** How many epochs in a row return from the same throw, each with fresh noise for what remains. @defaultValue 1 */
  readonly reuse?: number;
  /** Ends the work at the next step. */
  readonly signal?: AbortSignal;
};

/** Options that were checked, with what follows from them. */
export type AugmentSetup = {
  readonly options: AugmentOptions;
  readonly probability: number;
  readonly branch: number;
  readonly reuse: number;
  readonly cache: LatentCache | undefined;
  /** The plan of an epoch. */
  planAt(epoch: number): ReturnPlan;
};

/**
 * Checks everything that can be checked before an image is seen.
 *
 * @throws ArgumentError `bad-probability`, `bad-branch`, `bad-reuse`, `bad-epochs` and those of a return.
 */
export const setUpAugment = (options: AugmentOptions): AugmentSetup => {
  const { model, strength, epochs, probability = 1, branch = 0, reuse = 1, signal: _, ...rest } = options;
  checkSeed(options.seed);
  if (!(probability >= 0 && probability <= 1)) {
    throw new ArgumentError('bad-probability', `probability must be between 0 and 1, got ${probability}`);
  }
  if (!(branch >= 0 && branch < 1)) {
    throw new ArgumentError(
      'bad-branch',
      `branch must be at least 0 and below 1, got ${branch}; use 0 to keep the throw alone`,
    );
  }
  if (!isCount(reuse)) throw new ArgumentError('bad-reuse', `reuse must be a whole number of at least 1, got ${reuse}`);
  const planAt = (epoch: number): ReturnPlan => {
    const now = typeof strength === 'function' ? strength(progressAt(epoch, epochs)) : strength;
    return planReturn(model, { ...rest, strength: now });
  };
  const first = planAt(0);
  if (reuse > 1 && !first.solver.stochastic) {
    const rule = `reuse ${reuse} needs a solver that draws noise on the way back, or every variant of a throw is the same`;
    throw new ArgumentError('bad-reuse', `${rule}; set eta above 0, or choose ddpm or euler-ancestral`);
  }
  const cache = options.cache ?? (reuse > 1 ? memoryCache() : undefined);
  return { options, probability, branch, reuse, cache, planAt };
};
