import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../models/model.ts';
import { fromModelRange, type ImageRange, toModelRange } from '../../tensors/range.ts';
import { warn } from '../../warn.ts';
import { errorsOf } from './consistent.ts';
import type { EnhanceOptions } from './options.ts';
import type { Task } from './results.ts';
import { deviationOf, meanOf } from './spread.ts';
import { unitOf, withResults } from './withResults.ts';

/** Images as they may have been, and what is to be known of them. */
export type Enhanced = {
  /** `[N, H, W, C]`, in the dtype and range of what was seen; owned by the caller. */
  readonly images: tf.Tensor4D;
  /**
   * Of more than one sample: their standard deviation in each pixel, float32 in the images' own unit, owned by the caller.
   * Where it is high, the model invents.
   */
  readonly uncertainty?: tf.Tensor4D;
  /** How far each image, made poorer again, is from what was seen: root mean square, in steps of 1 of 255. */
  readonly errors: readonly number[];
  /** Network calls for each image. */
  readonly evaluations: number;
};

/**
 * Gives images back what they lost when they were made smaller, or blurred, or cut: a cascade of small throws, in which
 * every clean estimate of the model is held to what was seen. So they look as the model's images do, and made poorer again
 * they are what was given, within 1 of 255; what lies between is invented.
 *
 * Images that become larger than those of the model are made of tiles, and smaller ones are cut out of its own.
 *
 * @param images float32 or int32 `[N, h, w, C]`, of any size; left alone.
 * @throws ArgumentError `bad-model`, `unknown-option`, `bad-factor`, `unknown-degrade`, `bad-kernel`, `bad-mask`,
 *   `wrong-mask-size`, `bad-image-shape`, `out-of-range`, `bad-noise`, `bad-cascade`, `bad-strength`, `bad-steps`,
 *   `bad-samples`, `bad-overlap`, `bad-degrade`, `too-large`, `bad-keys`, `bad-label`, and what else `boomerang` throws;
 *   whatever `signal` was aborted with.
 * @see Luzi et al. 2022, arXiv:2210.12100, section 4.3; Wang et al. 2022, arXiv:2212.00490, for the projection.
 */
export const enhance = (model: Model, images: tf.Tensor4D, options: EnhanceOptions): Promise<Enhanced> =>
  withResults(model, images, options, async ({ task, results, range, evaluations }) => ({
    ...(await handedOn(task, results, { range, dtype: images.dtype })),
    evaluations,
  }));

type Kind = { readonly range: ImageRange; readonly dtype: tf.DataType };

const handedOn = async (
  { degradation, seen, noise }: Task,
  results: readonly Float32Array[],
  { range, dtype }: Kind,
): Promise<Omit<Enhanced, 'evaluations'>> => {
  const shape = [seen.shape[0], ...degradation.imageShape] as [number, number, number, number];
  const mean = meanOf(results);
  const pixels = fromModelRange(mean, range, dtype);
  const images = tf.tensor4d(pixels, shape, dtype as 'float32' | 'int32');
  const rounded = tf.tensor4d(toModelRange(pixels, range), shape);
  const errors = (await errorsOf(degradation, rounded, seen).finally(() => rounded.dispose())).map(
    (one) => one * 127.5,
  );
  if (noise === 0) sayIfFar(errors);
  if (results.length === 1) return { images, errors: [...errors] };
  const deviation = deviationOf(results, mean).map((one) => one / unitOf(range));
  return { images, uncertainty: tf.tensor4d(deviation, shape), errors: [...errors] };
};

const sayIfFar = (errors: Float32Array): void => {
  const far = errors.filter((error) => error > 1).length;
  if (far === 0) return;
  const most = Math.max(...errors).toFixed(1);
  const remedy = 'were they made small in another way? say which with degrade, or say how much noise is in them';
  warn(`${far} of ${errors.length} images, made small again, are up to ${most} of 255 from what was seen; ${remedy}`);
};
