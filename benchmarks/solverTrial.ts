import * as tf from '@tensorflow/tfjs-core';
import { boomerang } from '../src/index.ts';
import type { Model } from '../src/models/model.ts';
import { eachImage, rmsDistance } from './images.ts';
import type { Way } from './solverWays.ts';

/** So many images go through the network at a time: more do not fit into a processor's caches. */
const BATCH = 32;

/** Where a way leads each image, in [0, 1], all from the same throws. */
export const returnsOf = async (
  model: Model,
  images: tf.Tensor4D,
  way: Way,
  strength: number,
): Promise<Float32Array[]> => {
  const found: Float32Array[] = [];
  const { solver, steps, spacing } = way;
  for (let at = 0; at < images.shape[0]; at += BATCH) {
    const size = Math.min(BATCH, images.shape[0] - at);
    const some = tf.slice(images, [at, 0, 0, 0], [size, -1, -1, -1]);
    const variants = await boomerang(model, some, { solver, steps, spacing, strength, seed: 'benchmark' });
    found.push(...eachImage(await variants.data<'float32'>(), size));
    tf.dispose([some, variants]);
  }
  return found;
};

/** For each image the RMS distance between two ways. */
export const distances = (found: readonly Float32Array[], wanted: readonly Float32Array[]): number[] =>
  found.map((variant, n) => rmsDistance(variant, wanted[n] as Float32Array));

export const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
