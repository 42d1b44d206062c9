import * as tf from '@tensorflow/tfjs-core';
import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import { tfjsOps } from '../engines/tfjs/ops.ts';
import { unet2d } from '../networks/unet2d.ts';
import type { UNet2DConfig } from '../networks/unet2dConfig.ts';

/** Images, noise and what goes with them: all that one step of training looks at. */
export type NoisyBatch = {
  /** Clean images and standard normal noise, `[N, H, W, C]`. */
  readonly clean: tf.Tensor4D;
  readonly noise: tf.Tensor4D;
  /** Whole timesteps, one for each image. */
  readonly timesteps: readonly number[];
  /** For a conditional network. */
  readonly labels?: readonly number[] | undefined;
};

export type LossOptions = {
  readonly config: UNet2DConfig;
  readonly scheduler: SchedulerConfig;
  /** Weighs timesteps by min(SNR, gamma) / SNR. */
  readonly minSnr?: number | undefined;
};

/**
 * Mean squared error between what the network says and what it should say.
 *
 * @param parameters by name.
 */
export const denoisingLoss = (
  parameters: ReadonlyMap<string, tf.Tensor>,
  { clean, noise, timesteps, labels }: NoisyBatch,
  { config, scheduler, minSnr }: LossOptions,
): tf.Scalar => {
  const network = unet2d(config).build<tf.Tensor>(tfjsOps, (name) => parameters.get(name) as tf.Tensor);
  const shares = timesteps.map((timestep) => scheduler.schedule.alphaBar[timestep] as number);
  const column = (values: readonly number[]): tf.Tensor4D => tf.tensor4d([...values], [values.length, 1, 1, 1]);
  const [signal, spread] = [column(shares.map(Math.sqrt)), column(shares.map((share) => Math.sqrt(1 - share)))];
  const noisy = tf.add(tf.mul(clean, signal), tf.mul(noise, spread));
  const targets = {
    epsilon: () => noise,
    sample: () => clean,
    v_prediction: () => tf.sub(tf.mul(noise, signal), tf.mul(clean, spread)),
  };
  const { output } = network({
    x: noisy,
    timesteps: tf.tensor1d([...timesteps]),
    ...(labels ? { labels: tf.tensor1d([...labels], 'int32') } : {}),
  }) as { readonly output: tf.Tensor };
  const error = tf.squaredDifference(output, targets[scheduler.prediction]());
  if (minSnr === undefined) return tf.mean(error);
  return tf.mean(tf.mul(error, column(shares.map((share) => snrWeight(share, minSnr, scheduler.prediction)))));
};

/** @see Hang et al. 2023, arXiv:2303.09556, equation 8 and its forms for other predictions. */
const snrWeight = (share: number, gamma: number, prediction: SchedulerConfig['prediction']): number => {
  const snr = share / (1 - share);
  const weights = { epsilon: 1 / snr, sample: 1, v_prediction: 1 / (snr + 1) };
  return Math.min(snr, gamma) * weights[prediction];
};
