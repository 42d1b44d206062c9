import * as tf from '@tensorflow/tfjs-core';
import { parseSchedulerConfig } from '../../src/checkpoints/schedulerConfig.ts';
import { makeModel } from '../../src/models/makeModel.ts';
import type { Conditions, Model } from '../../src/models/model.ts';
import { alphaBarOf, sigmaAt } from '../../src/noise/schedule.ts';
import { type ImageShape, imageNoise } from '../../src/tensors/noise.ts';

/**
 * A model that is exact for images drawn from N(0, spread²), pixel by pixel: its epsilon is known in closed form. It
 * counts the images that it was asked about.
 *
 * @param fields of its scheduler's config.
 */
export const gaussianModel = (
  imageShape: ImageShape = [4, 4, 1],
  spread = 0.35,
  fields: Readonly<Record<string, unknown>> = {},
): Model & { readonly asked: { images: number; calls: number } } => {
  const scheduler = parseSchedulerConfig({ _class_name: 'DDPMScheduler', clip_sample: false, ...fields });
  const asked = { images: 0, calls: 0 };
  const run = (x: tf.Tensor4D, { timesteps }: Conditions): tf.Tensor4D => {
    asked.images += x.shape[0];
    asked.calls += 1;
    return tf.tidy(() => {
      const factors = timesteps.map((timestep) => {
        const alphaBar = alphaBarOf(sigmaAt(scheduler.schedule, timestep));
        return Math.sqrt(1 - alphaBar) / (alphaBar * spread ** 2 + 1 - alphaBar);
      });
      return tf.mul(x, tf.tensor4d(factors, [timesteps.length, 1, 1, 1])) as tf.Tensor4D;
    });
  };
  const facts = { imageShape, outChannels: imageShape[2], scheduler, digest: `gaussian-${spread}`, parameterCount: 0 };
  const runAsync = async (x: tf.Tensor4D, conditions: Conditions): Promise<tf.Tensor4D> => {
    await tf.nextFrame();
    return run(x, conditions);
  };
  return { ...makeModel(facts, { engine: 'tfjs', run, runAsync, dispose() {} }), asked };
};

/** Images drawn from N(0, spread²) and cut off at [-1, 1], as float32 in [0, 1]. */
export const gaussianImages = (count: number, { imageShape }: Model, spread = 0.35): tf.Tensor4D =>
  tf.tidy(() => {
    const paths = Array.from({ length: count }, (_, n) => ['test images', n]);
    const noise = imageNoise(paths, imageShape);
    return tf.clipByValue(tf.add(tf.mul(noise, spread / 2), 0.5), 0, 1);
  });
