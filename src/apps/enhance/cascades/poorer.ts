import * as tf from '@tensorflow/tfjs-core';
import { imageNoise } from '../../../tensors/noise.ts';
import type { Degradation } from '../degrade/degradation.ts';

export type Poorer = {
  readonly degradation: Degradation;
  /** Standard deviation of the noise that is added. */
  readonly noise: number;
  readonly seed: string | number;
};

/**
 * Images as files of what is seen of them would have them: poorer, with noise, in 8 bits.
 *
 * @param images float32 `[N, H, W, C]` in [0, 1]; left alone.
 * @returns float32 in [0, 1], owned by the caller.
 */
export const poorer = (images: tf.Tensor4D, { degradation, noise, seed }: Poorer): tf.Tensor4D =>
  tf.tidy(() => {
    const paths = Array.from({ length: images.shape[0] }, (_, n) => [seed, 'seen', n]);
    const seen = degradation.degrade(images);
    const noisy = noise === 0 ? seen : tf.add(seen, tf.mul(imageNoise(paths, degradation.seenShape), noise));
    return tf.div(tf.clipByValue(tf.round(tf.mul(noisy, 255)), 0, 255), 255);
  });
