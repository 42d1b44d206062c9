import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { boomerangKeeping } from '../returns/boomerang.ts';
import type { BoomerangOptions } from '../returns/boomerangOptions.ts';
import { type KeptLatents, keepEncodings } from '../returns/keptLatents.ts';

/** Images that walk at once, so that the memory that calibration takes does not grow with their number. */
export const BATCH = 50;

/** Images side by side with variants of theirs; `variants[k]` holds the k-th of each image. */
export type VariantBatch = {
  readonly images: tf.Tensor4D;
  readonly variants: readonly [tf.Tensor4D, ...tf.Tensor4D[]];
  /** Places of the images. */
  readonly places: readonly number[];
};

export type VariantWork = Omit<BoomerangOptions, 'keys' | 'variant' | 'epoch' | 'onProgress'> & {
  /** Which images are wanted, by their places. */
  readonly places: readonly number[];
  /** Variants of each image: the first, second and so on, always the same ones. */
  readonly variants: number;
  /** Classes to return to, by place. */
  readonly labels?: readonly number[];
  /** Keeps images as a latent model encodes them, for other visits of the same. @defaultValue for this visit alone */
  readonly encodings?: KeptLatents;
  /** Told, after each variant of a batch, how many came back; it may read them. */
  readonly onVariants?: (count: number, made: tf.Tensor4D, places: readonly number[]) => void | Promise<void>;
};

/**
 * Makes some variants of images, batch by batch, and shows them to `visit`; the tensors are disposed after each visit.
 */
export const visitVariants = async (
  model: Model,
  images: tf.Tensor4D,
  { places, variants, labels, onVariants, encodings = keepEncodings(), ...options }: VariantWork,
  visit: (batch: VariantBatch) => Promise<void>,
): Promise<void> => {
  for (let start = 0; start < places.length; start += BATCH) {
    const some = places.slice(start, start + BATCH);
    const made: tf.Tensor4D[] = [];
    const batch = takeImages(images, some);
    const returnTo = labels ? { labels: some.map((place) => labels[place] as number) } : {};
    try {
      for (let variant = 0; variant < variants; variant += 1) {
        const one = await boomerangKeeping(model, batch, { ...options, ...returnTo, variant, encodings });
        made.push(one);
        await onVariants?.(some.length, one, some);
      }
      await visit({ images: batch, variants: made as [tf.Tensor4D, ...tf.Tensor4D[]], places: some });
    } finally {
      tf.dispose([batch, made]);
    }
  }
};

/** Images at some places, a new tensor that the caller owns. */
export const takeImages = (images: tf.Tensor4D, places: readonly number[]): tf.Tensor4D =>
  tf.tidy(() => tf.gather(images, tf.tensor1d([...places], 'int32')));

/** The values of a tensor, which is disposed. */
export const takeValues = async (tensor: tf.Tensor): Promise<Float32Array> => {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
};
