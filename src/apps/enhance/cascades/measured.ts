import type { PlainThrow } from '../cascade.ts';

/** What images are measured by, beside the true ones. */
export const QUALITIES = ['psnr', 'ssim', 'distance'] as const;

/** How near images are to the true ones, image by image. */
export type Qualities = {
  /** Peak signal to noise ratio in dB, at most 60, beyond which 8 bits tell nothing. */
  readonly psnr: readonly number[];
  /** Structural similarity, up to 1. */
  readonly ssim: readonly number[];
  /** Gradient deviation over scales, 0 for equal images. */
  readonly distance: readonly number[];
};

/** What a cascade made of the images. Plain JSON. */
export type MeasuredCascade = {
  /** None at all is what can be had without the model. */
  readonly cascade: readonly PlainThrow[];
  /** Network calls for one result of an image. */
  readonly evaluations: number;
  /** Of the mean of several results. */
  readonly mean: Qualities;
  /** Of the first result alone. */
  readonly one: Qualities;
};
