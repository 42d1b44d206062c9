import type { Model } from '../models/model.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { resizePixels } from '../tensors/resize.ts';
import type { NamedImage } from './images.ts';

/**
 * What becomes of images that are not of the model's size. `exact`: they are refused. `resize`: they are resized to the
 * model's size, returned, and resized back, and so lose whatever the model's size cannot show. `detail`: only the
 * difference that the return made is enlarged and added, so that their own fine detail stays.
 */
export type Fit = 'exact' | 'resize' | 'detail';

/** An image in the model's size, under the same name. */
export const fitted = (image: NamedImage, shape: ImageShape, { imageShape }: Model): NamedImage => {
  const [height, width] = imageShape;
  const pixels = resizePixels(image.pixels, shape, [height, width]);
  return pixels === image.pixels ? image : Object.create(image, { pixels: { value: pixels } });
};

export type Unfitting = {
  /** As it came, before it was fitted. */
  readonly image: NamedImage;
  readonly shape: ImageShape;
  readonly fit: Fit;
};

/** A variant in the size of its image. */
export const unfitted = (
  variant: Float32Array,
  { image, shape, fit }: Unfitting,
  { imageShape }: Model,
): Float32Array => {
  const [height, width] = imageShape;
  if (shape[0] === height && shape[1] === width) return variant;
  const back = (pixels: Float32Array): Float32Array => resizePixels(pixels, imageShape, [shape[0], shape[1]]);
  if (fit !== 'detail') return back(variant);
  const before = resizePixels(image.pixels, shape, [height, width]);
  const change = back(variant.map((pixel, n) => Math.min(1, Math.max(-1, pixel)) - (before[n] as number)));
  return image.pixels.map((pixel, n) => pixel + (change[n] as number));
};
