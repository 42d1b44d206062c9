import * as tf from '@tensorflow/tfjs-core';
import type { Asking } from '../../returns/asking.ts';
import type { NamedImage } from '../../returns/images.ts';
import { fromModelRange, type ImageRange } from '../../tensors/range.ts';
import { distanceBetween, survives } from './filters.ts';
import type { AugmentOptions } from './options.ts';

/**
 * Whether a variant passes, and how far it is from its image; and where the classifier was asked, whether it still puts
 * the variant into its class.
 */
export type Verdict = { readonly kept: boolean; readonly distance: number; readonly survives?: boolean | undefined };

export type Judged = {
  /** The images that were to be changed, and their classes. */
  readonly candidates: readonly { readonly image: NamedImage; readonly own: number | undefined }[];
  /** What became of each, in [-1, 1]. */
  readonly pixels: readonly Float32Array[];
  /** What was said of each before, where that is known. */
  readonly settled: readonly (boolean | undefined)[];
  /** How images look to the caller's classifier. */
  readonly range: ImageRange;
  readonly dtype: tf.DataType;
};

/** Tries variants by their distance first, and asks the classifier about those that pass. */
export function* judge(
  options: AugmentOptions,
  { candidates, pixels, settled, range, dtype }: Judged,
): Asking<readonly Verdict[]> {
  const { min = 0, max = Number.POSITIVE_INFINITY } = options.distance ?? {};
  const distances = candidates.map(({ image }, n) => distanceBetween(image.pixels, pixels[n] as Float32Array));
  const near = distances.map((distance, n) => settled[n] ?? (distance >= min && distance <= max));
  const asked = near.flatMap((passes, n) => (passes && settled[n] === undefined ? [n] : []));
  if (!options.keep || asked.length === 0)
    return distances.map((distance, n) => ({ distance, kept: near[n] as boolean }));
  const shown = asked.map((n) => fromModelRange(pixels[n] as Float32Array, range, dtype));
  const images = tf.tidy(() => {
    const shape = [...options.model.imageShape];
    return tf.stack(shown.map((one) => tf.tensor(one, shape, dtype))) as tf.Tensor4D;
  });
  try {
    const labels = asked.map((n) => candidates[n]?.own as number);
    const survived = yield* survives(options.keep, images, labels);
    return distances.map((distance, n) => {
      const survives = survived[asked.indexOf(n)];
      return { distance, kept: survives ?? settled[n] ?? false, survives };
    });
  } finally {
    images.dispose();
  }
}
