import * as tf from '@tensorflow/tfjs-core';
import { type Degradation, project } from './degrade/degradation.ts';

/** How far what is seen of images may be from what was seen: a tenth of a step of 8 bits, in [-1, 1]. */
const NEAR = 0.1 * (2 / 255);

/** Each goes about half of the way that is left, and less where most of an image is clipped; few images take many. */
const ROUNDS = 200;

/**
 * Images in [-1, 1] of which this was seen. What is projected may leave the range, and what is clipped may not be what was
 * seen: both by turns, until neither changes much.
 *
 * @returns a new tensor; where nothing in range can have looked so, about the nearest to those that can.
 * @see Boyle and Dykstra 1986, "A method for finding projections onto the intersection of convex sets in Hilbert spaces":
 *   without its memory, since any point of both sets will do.
 */
export const consistentImages = async (
  degradation: Degradation,
  images: tf.Tensor4D,
  seen: tf.Tensor4D,
): Promise<tf.Tensor4D> => {
  const nearer = (from: tf.Tensor4D): tf.Tensor4D => inRange(project(degradation, from, { seen }));
  let best = tf.tidy(() => nearer(images));
  for (let round = 0; round < ROUNDS; round += 1) {
    const errors = await errorsOf(degradation, best, seen);
    const isFar = Array.from(errors, (error) => error > NEAR);
    if (!isFar.includes(true)) break;
    const before = best;
    best = tf.tidy(() => tf.where(tf.tensor4d(isFar, [isFar.length, 1, 1, 1], 'bool'), nearer(before), before));
    before.dispose();
  }
  return best;
};

/** Root mean square difference of what is seen of each image from what was seen, in [-1, 1]. */
export const errorsOf = async (
  { degrade }: Degradation,
  images: tf.Tensor4D,
  seen: tf.Tensor4D,
): Promise<Float32Array> => {
  const errors = tf.tidy(() => tf.sqrt(tf.mean(tf.squaredDifference(degrade(images), seen), [1, 2, 3])));
  try {
    return await errors.data<'float32'>();
  } finally {
    errors.dispose();
  }
};

const inRange = (images: tf.Tensor4D): tf.Tensor4D => tf.clipByValue(images, -1, 1);
