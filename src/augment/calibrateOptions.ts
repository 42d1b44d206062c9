import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, isCount } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { ImageRange } from '../tensors/range.ts';
import { checkSeed } from './boomerang.ts';
import type { CalibrationGoal } from './calibrateGoal.ts';
import type { SearchRange } from './calibrateSearch.ts';
import { checkImageShape } from './images.ts';
import { planReturn, type ReturnOptions } from './plan.ts';

export type CalibrateOptions = Omit<ReturnOptions, 'strength'> &
  CalibrationGoal & {
    /** Decides every random number; the same noises are used at every strength. */
    readonly seed: string | number;
    /** The class of each image; for `classifier`, `conditional` and `perClass`. */
    readonly labels?: readonly number[];
    /** Whether images return to their own class instead of the null label. @defaultValue false */
    readonly conditional?: boolean;
    /** Variants that are measured of each image at each strength. @defaultValue 1 */
    readonly variants?: number;
    /** The strengths to search. @defaultValue from 0 to 1 */
    readonly strengths?: { readonly from: number; readonly to: number };
    /** How closely the strength is to be found. @defaultValue 0.01 */
    readonly tolerance?: number;
    /** Whether to search for each class on its own as well. @defaultValue false */
    readonly perClass?: boolean;
    /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
    readonly range?: ImageRange;
    /** Looked at before every step. */
    readonly signal?: AbortSignal;
    /** Told how many variants were made, of how many at most. */
    readonly onProgress?: (done: number, total: number) => void;
  };

/**
 * Checks everything that can be checked before an image is thrown.
 *
 * @returns what is to be searched.
 * @throws ArgumentError `bad-seed`, `bad-image-shape`, `bad-strengths`, `bad-tolerance`, `bad-variants`, `no-labels`,
 * `bad-label`, and those of `planReturn`.
 */
export const checkCalibration = (model: Model, images: tf.Tensor4D, options: CalibrateOptions): SearchRange => {
  const { seed, strengths: { from, to } = { from: 0, to: 1 }, tolerance = 0.01, variants = 1 } = options;
  checkSeed(seed);
  if (images.rank !== 4)
    throw new ArgumentError('bad-image-shape', `images must be [N, H, W, C], got [${images.shape}]`);
  checkImageShape(images, model);
  if (!(from >= 0 && from <= to && to <= 1)) {
    throw new ArgumentError(
      'bad-strengths',
      `the strengths to search need 0 <= from <= to <= 1, got ${from} and ${to}`,
    );
  }
  if (!(tolerance > 0)) throw new ArgumentError('bad-tolerance', `tolerance must be above 0, got ${tolerance}`);
  if (!isCount(variants)) {
    throw new ArgumentError('bad-variants', `variants must be a whole number of at least 1, got ${variants}`);
  }
  checkLabels(model, images, options);
  planReturn(model, { ...options, strength: to });
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
