import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { imageNoise } from '../tensors/noise.ts';
import { throwPath } from './address.ts';
import type { ReturnPlan } from './plan.ts';
import { stack } from './stacks.ts';
import type { Throw } from './throw.ts';

/**
 * `x = image + sigma * epsilon`, the variance-exploding form; at strength 1 nothing of the image is left.
 *
 * @param images where the walk is, one for each throw.
 * @returns `[N, h, w, c]`, owned by the caller.
 */
export const throwImages = (model: Model, throws: readonly Throw[], images: readonly Float32Array[]): tf.Tensor4D =>
  tf.tidy(() => {
    const column = (of: (plan: ReturnPlan) => number): tf.Tensor4D =>
      tf.tensor4d(
        throws.map(({ plan }) => of(plan)),
        [throws.length, 1, 1, 1],
      );
    const kept = tf.mul(
      stack(images, model.latentShape),
      column(({ fromNoise }) => (fromNoise ? 0 : 1)),
    );
    const scale = column(({ fromNoise, sigma }) => (fromNoise ? Math.hypot(sigma, 1) : sigma));
    const noise = imageNoise(
      throws.map(({ address }) => throwPath(address)),
      model.latentShape,
    );
    return tf.add(kept, tf.mul(noise, scale));
  });
