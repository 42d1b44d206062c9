import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { SeedPath } from '../../random.ts';
import type { ImageKey } from '../../returns/address.ts';
import { shapeOf } from '../../returns/images.ts';
import { imageRange } from '../../tensors/range.ts';
import { type Element, findImages } from '../elements.ts';
import { applyPlans } from './applyPlans.ts';
import { type MixPlan, mixImages, mixLabels, planMixes } from './mix.ts';
import type { ClassicalOptions } from './operations.ts';
import { planImage } from './planImage.ts';
import { findShares } from './shares.ts';

/**
 * An element with its images changed, and its labels if they are mixed. The element is left alone.
 *
 * @throws ArgumentError `needs-batch`, `no-labels`, `bad-labels`.
 */
export const changeElement = (
  options: ClassicalOptions,
  element: Element,
  { epoch, names }: { readonly epoch: number; readonly names: readonly ImageKey[] },
): Element => {
  const { images, replace } = findImages(element, options.image);
  const paths = names.map((name): SeedPath => [options.seed, name, 'classical', epoch]);
  if (options.mixup === undefined && options.cutmix === undefined) return replace(changeImages(options, images, paths));
  if (images.rank === 3) {
    throw new ArgumentError(
      'needs-batch',
      `mixup and cutmix need batches [N, H, W, C], got one image [${images.shape}]; call dataset.batch(n) before them`,
    );
  }
  const found = findShares(element, options.labels, names.length);
  const mixes = planMixes(paths, shapeOf(images), options);
  return tf.tidy(() => {
    const mixed = replace(changeImages(options, images, paths, mixes));
    return found.replace(mixed, mixLabels(found.labels, mixes));
  });
};

/** Draws first, then computes. The images are left alone; the result has their rank and dtype. */
const changeImages = (
  options: ClassicalOptions,
  images: tf.Tensor3D | tf.Tensor4D,
  paths: readonly SeedPath[],
  mixes?: readonly MixPlan[],
): tf.Tensor => {
  const shape = shapeOf(images);
  const range = imageRange(images.dtype, options.range);
  const plans = paths.map((path) => planImage(path, shape, options));
  return tf.tidy(() => {
    const batch: tf.Tensor4D = tf.reshape(images, [paths.length, ...shape]);
    const changed = applyPlans(batch, plans, { range, fill: options.fill ?? 'black' });
    const mixed = tf.reshape(mixes ? mixImages(changed, mixes) : changed, images.shape);
    return images.dtype === 'int32' ? tf.cast(tf.round(mixed), 'int32') : mixed;
  });
};
