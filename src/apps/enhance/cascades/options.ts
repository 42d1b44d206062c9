import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkOptions, code, count, type OptionsOf, oneOf, rule } from '../../../checks.ts';
import { ArgumentError } from '../../../errors.ts';
import { checkModel } from '../../../models/checkModel.ts';
import type { Model } from '../../../models/model.ts';
import { checkImageShape } from '../../../returns/images.ts';
import { planReturn } from '../../../returns/plan.ts';
import { enhanceSchema } from '../options.ts';
import type { MeasuredCascade } from './measured.ts';

const {
  mask: _m,
  cascade: _c,
  overlap: _o,
  samples: _s,
  keys: _k,
  onProgress: _p,
  ...sharedEntries
} = enhanceSchema.entries;

const cascadesSchema = v.strictObject({
  ...sharedEntries,
  /**
   * What counts. `fidelity`: how near the mean of some results is to the true image, PSNR. `looks`: how alike the edges of
   * a single result are, the gradient deviation over scales. @defaultValue 'fidelity'
   */
  goal: v.optional(oneOf('fidelity', 'looks')),
  /** Of how many results the mean is taken. @defaultValue 4 for fidelity, 1 for looks */
  samples: v.optional(count()),
  /** Network calls that a cascade may take for a result of an image, at most. @defaultValue 20 */
  evaluations: v.optional(count()),
  /** What was measured before, of the same images with the same options. @defaultValue nothing */
  known: v.optional(rule<readonly MeasuredCascade[]>(Array.isArray, 'a list of what onMeasured was told')),
  /** Told of each cascade once it is measured; it is waited for. */
  onMeasured: v.optional(code<(measured: MeasuredCascade) => void | Promise<void>>()),
  /** Told how many network calls are done, image by image, of how many at most. */
  onProgress: v.optional(code<(done: number, total: number) => void>()),
});

/** @interface */
export type CascadeOptions = OptionsOf<typeof cascadesSchema>;

export type CascadeGoal = 'fidelity' | 'looks';

/** Fewer images say next to nothing. */
export const LEAST_IMAGES = 10;

/** What is searched, and how it is judged. */
export type CascadeSearch = {
  readonly goal: CascadeGoal;
  readonly samples: number;
  /** Steps that a cascade may have, at most. */
  readonly steps: number;
  /** Network calls that a step takes for an image. */
  readonly callsPerStep: number;
};

/** @throws ArgumentError `bad-options`, `unknown-option`, `unknown-goal`, `bad-<name>`, and those of `planReturn`. */
export const cascadeSearch = (model: Model, options: CascadeOptions): CascadeSearch => {
  checkModel(model);
  checkOptions('calibrateCascade', cascadesSchema, options);
  const { goal = 'fidelity', samples = goal === 'fidelity' ? 4 : 1, evaluations = 20 } = options;
  const { solver, eta, spacing, guidance } = options;
  const callsPerStep = planReturn(model, { solver, eta, spacing, guidance, strength: 0.3, steps: 1 }).evaluations;
  if (evaluations < callsPerStep) {
    const rule = `a step takes ${callsPerStep} evaluations, and a cascade may take ${evaluations}`;
    throw new ArgumentError('bad-evaluations', `${rule}; allow more`);
  }
  return { goal, samples, steps: Math.floor(evaluations / callsPerStep), callsPerStep };
};

/** @throws ArgumentError `bad-image-shape`, `too-few-images`, `bad-known`. */
export const checkOriginals = (model: Model, images: tf.Tensor4D, { known = [] }: CascadeOptions): void => {
  if (images.rank !== 4) {
    throw new ArgumentError('bad-image-shape', `images must be [N, H, W, C], got [${images.shape}]`);
  }
  checkImageShape(images, model);
  const [count] = images.shape;
  if (count < LEAST_IMAGES) {
    const rule = `a cascade is chosen by at least ${LEAST_IMAGES} images, got ${count}`;
    throw new ArgumentError('too-few-images', `${rule}; give more, which the model has not seen`);
  }
  const odd = known.find(({ mean, one }) => [mean, one].some(({ psnr }) => psnr.length !== count));
  if (odd === undefined) return;
  const got = `known was measured of ${odd.mean.psnr.length}`;
  throw new ArgumentError('bad-known', `there are ${count} images, and what is ${got}; leave it out`);
};
