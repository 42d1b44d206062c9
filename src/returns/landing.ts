import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import type { Level } from '../noise/leg.ts';
import type { ImageKey } from './address.ts';
import { type Asking, takeTensor } from './asking.ts';
import { type Correction, changed } from './correction.ts';

/** What came back to level 0, where the walk is. */
export type Back = {
  readonly model: Model;
  readonly keys: readonly ImageKey[];
  readonly correction?: Correction | undefined;
  /** The level that the last estimate was made at. */
  readonly sigma: Level;
};

/**
 * The images that latents stand for, with what a correction has to say of them.
 *
 * @param latents disposed.
 */
export function* landed(latents: tf.Tensor4D, { model, keys, correction, sigma }: Back): Asking<Float32Array> {
  let images: tf.Tensor4D;
  try {
    images = (yield { model, way: 'decode', code: latents, keys }) as tf.Tensor4D;
  } finally {
    latents.dispose();
  }
  if (!correction) return yield* takeTensor(images);
  try {
    return yield* takeTensor(yield* changed(correction.change, images, sigma));
  } finally {
    images.dispose();
  }
}
