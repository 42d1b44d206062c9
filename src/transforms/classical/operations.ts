import * as v from 'valibot';
import { between, count, flag, type OptionsOf, oneOf, rule, seedRule } from '../../checks.ts';
import { namingEntries, placeRule } from '../naming.ts';
import type { RandAugment } from './randAugment.ts';

const pixels = rule<number>(
  (value) => Number.isInteger(value) && (value as number) >= 0,
  'a whole number of pixels of at least 0',
);
const alpha = rule<number>(
  (value) => Number.isFinite(value) && (value as number) > 0,
  'a number above 0, the alpha of a beta distribution (leave it out for none)',
);

/** What is done to images, in this order; what is not named is not done. All moves together are one interpolation. */
const operationEntries = {
  /** Left and right change sides, with a chance of one half. */
  flip: v.optional(flag),
  /** Pads all sides by this many pixels and crops to the old size somewhere: a move by whole pixels. */
  crop: v.optional(pixels),
  /** Most pixels that an image is moved along each axis, parts of pixels included. */
  shift: v.optional(
    rule<number>((value) => Number.isFinite(value) && (value as number) >= 0, 'a number of pixels of at least 0'),
  ),
  /** Most degrees that an image is turned about its centre. */
  rotate: v.optional(between(0, 180, ' degrees')),
  /** Most that is added to all values, as a share of the range, in [0, 1]. */
  brightness: v.optional(between(0, 1)),
  /** Most that differences from the mean of each channel are stretched or squeezed, as a share, in [0, 1]. */
  contrast: v.optional(between(0, 1)),
  /** Some changes out of ten kinds: how many, and how strong, from 0 to 10. */
  randAugment: v.optional(v.strictObject({ n: count(), magnitude: between(0, 10) }) as v.GenericSchema<RandAugment>),
  /** Side in pixels of a black square around any pixel; what of it falls outside is lost. @see arXiv:1708.04552 */
  cutout: v.optional(pixels),
  /** Mixes images and labels with those of a partner in the batch: alpha of Beta(alpha, alpha). @see arXiv:1710.09412 */
  mixup: v.optional(alpha),
  /**
   * Pastes a rectangle of a partner in the batch, and mixes labels by its area: alpha of Beta(alpha, alpha). With
   * `mixup` too, each image draws which of both. @see arXiv:1905.04899
   */
  cutmix: v.optional(alpha),
  /** What shows where an image was moved away. @defaultValue 'black' */
  fill: v.optional(oneOf('black', 'reflect')),
} as const;

const operationSchema = v.strictObject(operationEntries);

/** @interface */
export type Operations = OptionsOf<typeof operationSchema>;

export const classicalSchema = v.strictObject({
  ...operationEntries,
  /** Decides every random number, together with the image and the epoch. */
  seed: seedRule,
  ...namingEntries,
  /** The place of its labels, which mixup and cutmix change. @defaultValue 'ys', or 1 in arrays */
  labels: v.optional(placeRule),
});

/** @interface */
export type ClassicalOptions = OptionsOf<typeof classicalSchema>;
