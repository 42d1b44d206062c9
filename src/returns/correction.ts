import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, NumericError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { Level } from '../noise/leg.ts';
import type { ImageKey } from './address.ts';
import { type Asking, awaited, takeTensor } from './asking.ts';

/** What is known of the images that return, beside what the model knows: it has a say in every estimate. */
export type Correction = {
  /**
   * Changes what the model takes the clean images to be.
   *
   * @param clean images, float32 `[N, H, W, C]`, about [-1, 1]; of a latent model they are decoded before and encoded
   *   after, but for the last, which are what comes back. Left alone.
   * @param sigma the level of the noisy images that the estimate was made from.
   * @returns a new tensor of the same shape, which the walk frees.
   */
  readonly change: (clean: tf.Tensor4D, sigma: Level) => tf.Tensor4D | PromiseLike<tf.Tensor4D>;
  /** Which of a walk's estimates are corrected, by their number; the last always is. @defaultValue all */
  readonly isDue?: ((call: number) => boolean) | undefined;
};

/** An estimate of a walk, where the walk is. */
export type Estimated = {
  readonly model: Model;
  readonly keys: readonly ImageKey[];
  readonly sigma: Level;
  /** Disposed. */
  readonly clean: tf.Tensor4D;
};

/**
 * Corrects an estimate, clipped before as the model wants it. The walk clips it again after.
 *
 * Of a latent model, what the correction changed is encoded by the difference that it makes, so that what the autoencoder
 * loses of an image is not lost anew in every step.
 *
 * @returns a new tensor of the same shape, owned by the caller.
 * @throws ArgumentError `bad-correction` for another shape; NumericError `not-finite`.
 */
export function* corrected({ change }: Correction, estimated: Estimated): Asking<tf.Tensor4D> {
  const { model, clean, sigma } = estimated;
  const made: tf.Tensor[] = [clean];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    made.push(tensor);
    return tensor;
  };
  const { clip } = model.scheduler;
  try {
    if (!model.isLatent) {
      const clipped = clip === undefined ? clean : own(tf.clipByValue(clean, -clip, clip));
      return yield* changed(change, clipped, sigma);
    }
    const code = { model, keys: estimated.keys };
    const images = own((yield { ...code, way: 'decode', code: clean }) as tf.Tensor4D);
    const other = own(yield* changed(change, images, sigma));
    const before = own((yield { ...code, way: 'encode', code: images }) as tf.Tensor4D);
    const after = own((yield { ...code, way: 'encode', code: other }) as tf.Tensor4D);
    return tf.tidy(() => tf.add(clean, tf.sub(after, before)));
  } finally {
    tf.dispose(made);
  }
}

/** What a correction makes of images, checked. @throws ArgumentError `bad-correction`; NumericError `not-finite`. */
export function* changed(change: Correction['change'], clean: tf.Tensor4D, sigma: Level): Asking<tf.Tensor4D> {
  const other = yield* awaited(change(clean, sigma));
  try {
    if (`${other.shape}` !== `${clean.shape}`) {
      const rule = `a correction must keep the shape of the images, [${clean.shape}]`;
      throw new ArgumentError('bad-correction', `${rule}; got [${other.shape}]`);
    }
    const [sum] = yield* takeTensor(tf.sum(other));
    if (!Number.isFinite(sum)) {
      throw new NumericError('not-finite', 'a correction of the clean images gave numbers that are not finite');
    }
    return other;
  } catch (error) {
    other.dispose();
    throw error;
  }
}
