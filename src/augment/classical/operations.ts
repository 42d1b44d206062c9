import { ArgumentError, isCount, pick } from '../../errors.ts';
import type { ImageRange } from '../../tensors/range.ts';
import type { Element } from '../elements.ts';
import type { ImageKey } from '../images.ts';
import type { RandAugment } from './randAugment.ts';
import type { Fill } from './resample.ts';

/**
 * What is done to images, in this order; what is not named is not done. All moves together are one interpolation.
 */
export type Operations = {
  /** Left and right change sides, with a chance of one half. */
  readonly flip?: boolean;
  /** Pads all sides by this many pixels and crops to the old size somewhere: a move by whole pixels. */
  readonly crop?: number;
  /** Most pixels that an image is moved along each axis, parts of pixels included. */
  readonly shift?: number;
  /** Most degrees that an image is turned about its centre. */
  readonly rotate?: number;
  /** Most that is added to all values, as a share of the range, in [0, 1]. */
  readonly brightness?: number;
  /** Most that differences from the mean of each channel are stretched or squeezed, as a share, in [0, 1]. */
  readonly contrast?: number;
  /** Some changes out of ten kinds. */
  readonly randAugment?: RandAugment;
  /** Side in pixels of a black square around any pixel; what of it falls outside is lost. @see arXiv:1708.04552 */
  readonly cutout?: number;
  /** Mixes images and labels with those of a partner in the batch: alpha of Beta(alpha, alpha). @see arXiv:1710.09412 */
  readonly mixup?: number;
  /**
   * Pastes a rectangle of a partner in the batch, and mixes labels by its area: alpha of Beta(alpha, alpha). With
   * `mixup` too, each image draws which of both. @see arXiv:1905.04899
   */
  readonly cutmix?: number;
  /** What shows where an image was moved away. @defaultValue 'black' */
  readonly fill?: Fill;
};

export type ClassicalOptions = Operations & {
  /** Decides every random number, together with the image and the epoch. */
  readonly seed: string | number;
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  readonly range?: ImageRange;
  /** Where an element that is an object keeps its images. @defaultValue 'xs' */
  readonly image?: string;
  /** Key or index of its labels, which mixup and cutmix change. @defaultValue 'ys', or 1 in arrays */
  readonly labels?: string | number;
  /** Names the images of an element; by default each is known by a digest of its pixels. */
  readonly keys?: (element: Element) => ImageKey | readonly ImageKey[];
};

/**
 * @throws ArgumentError `bad-flip`, `bad-crop`, `bad-shift`, `bad-rotate`, `bad-brightness`, `bad-contrast`,
 * `bad-rand-augment`, `bad-cutout`, `bad-mixup`, `bad-cutmix`, `unknown-fill`.
 */
export const checkOperations = (operations: Operations): void => {
  const { flip, randAugment, fill = 'black' } = operations;
  if (flip !== undefined && typeof flip !== 'boolean') {
    throw new ArgumentError('bad-flip', `flip must be true or false, got ${flip}`);
  }
  for (const [name, { fits, rule }] of Object.entries(RULES)) {
    const value = operations[name as keyof typeof RULES];
    if (value !== undefined && !fits(value))
      throw new ArgumentError(`bad-${name}`, `${name} must be ${rule}, got ${value}`);
  }
  if (randAugment && !(isCount(randAugment.n) && isBetween(randAugment.magnitude, 0, 10))) {
    const rule = 'randAugment needs { n, magnitude }: a whole number of at least 1, and a number between 0 and 10';
    throw new ArgumentError('bad-rand-augment', `${rule}; got ${JSON.stringify(randAugment)}`);
  }
  pick({ black: true, reflect: true }, fill, 'fill');
};

const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most;

const PIXELS = { fits: (value: number) => isCount(value, 0), rule: 'a whole number of pixels of at least 0' };
const SHARE = { fits: (value: number) => isBetween(value, 0, 1), rule: 'between 0 and 1' };
const ALPHA = {
  fits: (value: number) => Number.isFinite(value) && value > 0,
  rule: 'a number above 0, the alpha of a beta distribution; leave it out for none',
};
const RULES = {
  crop: PIXELS,
  shift: { fits: (value: number) => Number.isFinite(value) && value >= 0, rule: 'a number of pixels of at least 0' },
  rotate: { fits: (value: number) => isBetween(value, 0, 180), rule: 'between 0 and 180 degrees' },
  brightness: SHARE,
  contrast: SHARE,
  cutout: PIXELS,
  mixup: ALPHA,
  cutmix: ALPHA,
} as const;
