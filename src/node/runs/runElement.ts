import * as tf from '@tensorflow/tfjs-core';
import type { Element } from '../../transforms/elements.ts';
import { classRows } from '../data/classRows.ts';
import { type Labelling, TOLD } from './labelling.ts';
import type { ReadImage } from './readImages.ts';

/** Images as the transform takes them: 0 to 255, and their classes one-hot, where they have any. */
export type RunElement = { xs: tf.Tensor4D; ys?: tf.Tensor; [TOLD]?: number[] };

/** @param images at least one, all of the same shape. */
export const runElement = (
  images: readonly ReadImage[],
  classes: readonly string[] | undefined,
  labels: Labelling | undefined,
): RunElement => {
  const [{ shape, pixels }] = images as readonly [ReadImage];
  const all = new Int32Array(images.length * pixels.length);
  for (const [n, image] of images.entries()) all.set(image.pixels, n * pixels.length);
  const element: RunElement = { xs: tf.tensor4d(all, [images.length, ...shape], 'int32') };
  if (!classes || !labels) return element;
  const own = images.map(({ className }) => classes.indexOf(className as string));
  return { ...element, ys: classRows(own, classes.length), [TOLD]: own.map((label) => labels.told[label] as number) };
};

/** The numbers of an element that was changed; with pairs, of the variants. */
export type ChangedValues = {
  readonly pixels: ArrayLike<number>;
  readonly labels: ArrayLike<number> | undefined;
};

export const changedValues = async (element: Element): Promise<ChangedValues> => {
  const { xs, ys } = element as Readonly<Record<'xs' | 'ys', Changed | undefined>>;
  const [pixels, labels] = [variantIn(xs), variantIn(ys)];
  return { pixels: await (pixels as tf.Tensor).data(), labels: labels && (await labels.data()) };
};

type Changed = tf.Tensor | { readonly variant: tf.Tensor };

const variantIn = (found: Changed | undefined): tf.Tensor | undefined =>
  found && 'variant' in found ? found.variant : found;
