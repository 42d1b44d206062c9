import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { between, checkOptions, code, count, flag, oneOf, rule, seedRule, signalRule, text } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';
import { checkModel } from '../models/checkModel.ts';
import type { Model } from '../models/model.ts';
import { aimEntries, checkAim } from '../returns/aim.ts';
import { fitRule, rangeRule } from '../returns/boomerangOptions.ts';
import { checkImageShape } from '../returns/images.ts';
import { planAmong } from '../returns/plan.ts';
import { returnEntries } from '../returns/returnOptions.ts';
import type { CalibrationGoal } from './goal.ts';
import type { SearchRange } from './search.ts';

const { strength: _, ...mannerEntries } = returnEntries;
const present = rule<unknown>((value) => value !== undefined, 'given');

const calibrateSchema = v.strictObject({
  ...mannerEntries,
  /** What the images show, for a model with text; `{class}` stands for the name of each image's class. */
  prompt: v.optional(text),
  ...aimEntries,
  // The goal: one of these three, and its target. `CalibrationGoal` says which goes with which.
  classifier: v.optional(present),
  embed: v.optional(present),
  distance: v.optional(oneOf('rms', 'ssim')),
  target: rule<number>(Number.isFinite, 'a finite number'),
  /** Decides every random number; the same noises are used at every strength. */
  seed: seedRule,
  /** The class of each image; for `classifier`, `conditional` and `perClass`. */
  labels: v.optional(rule<readonly number[]>((value) => Array.isArray(value) || ArrayBuffer.isView(value), 'a list')),
  /** Whether images return to their own class instead of the null label. @defaultValue false */
  conditional: v.optional(flag),
  /** Variants that are measured of each image at each strength. @defaultValue 1 */
  variants: v.optional(count()),
  /** The strengths to search. @defaultValue from 0 to 1 */
  strengths: v.optional(v.strictObject({ from: between(0, 1), to: between(0, 1) })),
  /** How closely the strength is to be found. @defaultValue 0.01 */
  tolerance: v.optional(rule<number>((value) => Number.isFinite(value) && (value as number) > 0, 'a number above 0')),
  /** Whether to search for each class on its own as well. @defaultValue false */
  perClass: v.optional(flag),
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
  /** What becomes of images that are not of the model's size; see `Fit`. @defaultValue 'exact' */
  fit: v.optional(fitRule),
  /** Looked at before every step. */
  signal: v.optional(signalRule),
  /** Told how many variants were made, of how many at most. */
  onProgress: v.optional(code<(done: number, total: number) => void>()),
});

type Plain = Omit<v.InferInput<typeof calibrateSchema>, 'classifier' | 'embed' | 'distance' | 'target'>;

export type CalibrateOptions = Readonly<Plain> & CalibrationGoal;

/**
 * Checks everything that can be checked before an image is thrown.
 *
 * @returns what is to be searched.
 * @throws ArgumentError `bad-seed`, `bad-image-shape`, `bad-strengths`, `bad-tolerance`, `bad-variants`, `no-labels`,
 * `bad-label`, and those of `planReturn`.
 */
export const checkCalibration = (model: Model, images: tf.Tensor4D, options: CalibrateOptions): SearchRange => {
  checkModel(model);
  checkOptions('calibrateStrength', calibrateSchema, options);
  const { strengths: { from, to } = { from: 0, to: 1 }, tolerance = 0.01 } = options;
  if (images.rank !== 4)
    throw new ArgumentError('bad-image-shape', `images must be [N, H, W, C], got [${images.shape}]`);
  checkImageShape(images, model, options.fit);
  if (from > to) {
    throw new ArgumentError(
      'bad-strengths',
      `the strengths to search need 0 <= from <= to <= 1, got ${from} and ${to}`,
    );
  }
  checkLabels(model, images, options);
  planAmong(model, { ...options, strength: to });
  checkAim(model, { ...options, toClasses: options.conditional });
  return { from, to, tolerance };
};

const checkLabels = (model: Model, images: tf.Tensor4D, options: CalibrateOptions): void => {
  const { labels, classifier, conditional, perClass } = options;
  if (conditional && !model.labels) {
    throw new ArgumentError('bad-label', 'conditional needs a model with classes, and this one has none; leave it out');
  }
  if (labels === undefined) {
    if (!classifier && !conditional && !perClass) return;
    throw new ArgumentError(
      'no-labels',
      'classifier, conditional and perClass need { labels }, the class of each image',
    );
  }
  const odd = labels.find((label) => !isCount(label, 0));
  const count = images.shape[0];
  if (labels.length === count && odd === undefined) return;
  const got = odd === undefined ? `${labels.length} labels` : odd;
  throw new ArgumentError('bad-label', `need the class of each of ${count} images, a whole number; got ${got}`);
};
