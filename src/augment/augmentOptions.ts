import type { Model } from '../models/model.ts';
import type { ImageRange } from '../tensors/range.ts';
import type { LatentCache } from './cache.ts';
import type { Element } from './elements.ts';
import type { ImageKey } from './images.ts';
import type { DistanceBounds, Keep } from './keep.ts';
import type { LabelSource } from './labels.ts';
import type { ReturnOptions } from './plan.ts';
import type { VariantRecord } from './record.ts';
import type { Schedule } from './schedules.ts';
import type { Selection } from './select.ts';
import type { AugmentState } from './state.ts';
import type { Strength } from './strength.ts';

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
