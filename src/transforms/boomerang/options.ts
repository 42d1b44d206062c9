import * as v from 'valibot';
import type { Bank } from '../../caches/bank.ts';
import type { LatentCache } from '../../caches/cache.ts';
import { code, count, flag, isFunction, type OptionsOf, oneOf, rule, seedRule, signalRule } from '../../checks.ts';
import { isCount } from '../../errors.ts';
import { modelRule } from '../../models/checkModel.ts';
import { aimEntries } from '../../returns/aim.ts';
import { fitRule } from '../../returns/boomerangOptions.ts';
import type { VariantRecord } from '../../returns/record.ts';
import { returnEntries } from '../../returns/returnOptions.ts';
import type { Schedule } from '../../schedules/schedules.ts';
import type { Strength } from '../../schedules/strength.ts';
import type { Prompt } from '../../text/prompt.ts';
import type { LabelSource } from '../labels.ts';
import { namingEntries } from '../naming.ts';
import type { AugmentState } from './augmentState.ts';
import { type DistanceBounds, distanceRule, type Keep, keepRule } from './filters.ts';
import { type Selection, selectionRule } from './select.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const has = (value: unknown, ...methods: readonly string[]): boolean =>
  isObject(value) && methods.every((name) => isFunction((value as Readonly<Record<string, unknown>>)[name]));

const { strength: _, ...mannerEntries } = returnEntries;

/** The options of an augmenter, and what each must be. */
export const augmentEntries = {
  /** What `loadModel` opened. */
  model: modelRule,
  /** Decides every random number, together with the image and the epoch. */
  seed: seedRule,
  /**
   * A strength; a range `{ from, to }` or a list, from which each image draws; a schedule over epochs (`ramp`, `cosine`,
   * `stepwise`, `cyclic`, `warmUp`, `during`, `perEpoch`, `adaptive`); `byClass`; or a function of progress.
   */
  strength: rule<Strength>(
    (value) => typeof value === 'number' || typeof value === 'function' || isObject(value),
    'a number between 0 and 1, a range { from, to }, a list, a schedule or a function',
  ),
  ...mannerEntries,
  /** Epochs of the run; needed by what follows its progress. */
  epochs: v.optional(count()),
  /**
   * The chance that an image is changed in an epoch, or a schedule of it. To train with, 0.5 was ahead of 0.25 and 0.75
   * on validation images (`benchmarks/README.md`). @defaultValue 1: whoever wants originals as well says so
   */
  probability: v.optional(
    rule<number | Schedule>(
      (value) => (typeof value === 'number' && value >= 0 && value <= 1) || isFunction(value),
      'between 0 and 1, or a schedule',
    ),
  ),
  /** Which images may be changed at all. @defaultValue all */
  select: v.optional(selectionRule as v.GenericSchema<Selection>),
  /**
   * What the images show, for a model with text: a text, in which `{class}` stands for the name of each image's class;
   * or a function of the element and the class. @defaultValue ''
   */
  prompt: v.optional(
    rule<Prompt>(
      (value) => typeof value === 'string' || isFunction(value),
      "a text, as in 'a photo of a {class}', or a function",
    ),
  ),
  ...aimEntries,
  ...namingEntries,
  /** What becomes of images that are not of the model's size; see `Fit`. @defaultValue 'exact' */
  fit: v.optional(fitRule),
  /** Where the classes are, for whatever needs them: `byClass`, `keep`, `softLabels`, `conditional`, `prompt`. */
  labels: v.optional(
    rule<LabelSource>(
      (value) => typeof value === 'string' || typeof value === 'number' || isFunction(value),
      'the place of the labels, as in "ys", or a function of an element',
    ),
  ),
  /** Whether images return to their own class instead of the null label. @defaultValue false */
  conditional: v.optional(flag),
  /** `replace`: a variant takes its image's place. `pair`: `{ clean, variant }` does. @defaultValue 'replace' */
  mode: v.optional(oneOf('replace', 'pair')),
  /**
   * Makes this many variants of each image, once, and draws one for each epoch; the schedules stay at epoch 0. A number
   * keeps them in memory, without bounds; `memoryBank` and `diskBank` say where. The cache is then not used.
   */
  bank: v.optional(
    rule<number | Bank>(
      (value) => isCount(value) || (has(value, 'get', 'put', 'stats') && isCount((value as Bank).variants)),
      'a whole number of at least 1, or a bank such as memoryBank({ variants: 4 })',
    ),
  ),
  /** Uses a variant only if a classifier still sees its class. */
  keep: v.optional(keepRule as v.GenericSchema<Keep>),
  /** Uses a variant only at some distance from its image: root mean square, in [0, 1] units. */
  distance: v.optional(distanceRule as v.GenericSchema<DistanceBounds>),
  /** Variants that are tried until one passes; then the image stays as it is. @defaultValue 3 */
  tries: v.optional(count()),
  /**
   * Trusts the label of a variant less the further it was thrown: see `softenLabels`. Labels become float32; with
   * `mode: 'pair'` they become `{ clean, variant }` as well. With gamma 2, labels are trusted as often as they are kept
   * at strength 0.3 (`benchmarks/README.md`). @defaultValue off
   */
  softLabels: v.optional(
    v.strictObject({
      gamma: rule<number>((value) => Number.isFinite(value) && (value as number) > 0, 'a number above 0'),
    }),
  ),
  /** Keeps noisy latents, and images as a latent model encodes them. @defaultValue a `memoryCache()` where one helps */
  cache: v.optional(rule<LatentCache>((value) => has(value, 'get', 'set', 'stats'), 'a cache such as memoryCache()')),
  /** Share of the steps, in [0, 1), that is kept with a throw. @defaultValue 0 */
  branch: v.optional(
    rule<number>(
      (value) => typeof value === 'number' && value >= 0 && value < 1,
      'at least 0 and below 1 (0 keeps the throw alone)',
    ),
  ),
  /** How many epochs in a row return from the same throw, each with fresh noise for what remains. @defaultValue 1 */
  reuse: v.optional(count()),
  /** Told of every variant that was made or drawn from the bank, used or not. */
  onVariant: v.optional(code<(record: VariantRecord) => void>()),
  /** Goes on where another augmenter with the same options stood: what its `state()` gave. */
  state: v.optional(rule<AugmentState>(isObject, 'what state() gave')),
  /** Ends the work at the next step. */
  signal: v.optional(signalRule),
} as const;

export const augmentSchema = v.strictObject(augmentEntries);

/** @interface */
export type AugmentOptions = OptionsOf<typeof augmentSchema>;
