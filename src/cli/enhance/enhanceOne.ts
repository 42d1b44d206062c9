import * as tf from '@tensorflow/tfjs-core';
import { enhance } from '../../apps/enhance/enhance.ts';
import { cascadeOf, type EnhanceOptions } from '../../apps/enhance/options.ts';
import { psnr } from '../../apps/enhance/quality/psnr.ts';
import { ssim } from '../../apps/enhance/quality/ssim.ts';
import type { Model } from '../../models/model.ts';
import type { SeenPicture } from '../../node/enhance/seenPicture.ts';
import type { ImageShape } from '../../tensors/noise.ts';

/** A picture that was enhanced, and what is known of it. */
export type Made = {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
  /** Where samples differ: their standard deviation in [0, 1]. */
  readonly uncertainty?: Float32Array;
  /** Root mean square distance of what was seen to what is made small again, in steps of 1 of 255. */
  readonly error: number;
  readonly evaluations: number;
};

/** How near a picture is to the true one. */
export type Likeness = {
  /** Peak signal to noise ratio, in dB. */
  readonly psnr: number;
  readonly ssim: number;
};

/** Enhances one picture. */
export const enhanceOne = async (model: Model, seen: SeenPicture, options: EnhanceOptions): Promise<Made> => {
  const given = tf.tensor4d(seen.pixels, [1, ...seen.shape]);
  const { images, uncertainty, errors, evaluations } = await enhance(model, given, options).finally(() =>
    given.dispose(),
  );
  const [, ...shape] = images.shape;
  const pixels = await taken(images);
  return {
    ...{ pixels, shape, error: errors[0] as number, evaluations },
    ...(uncertainty ? { uncertainty: await taken(uncertainty) } : {}),
  };
};

const taken = async (tensor: tf.Tensor): Promise<Float32Array> =>
  tensor.data<'float32'>().finally(() => tensor.dispose());

/** How near a picture is to the true one, which has its size. */
export const likenessOf = async (made: Made, original: SeenPicture): Promise<Likeness> => {
  const pair = [
    tf.tensor4d(made.pixels, [1, ...made.shape]),
    tf.tensor4d(original.pixels, [1, ...made.shape]),
  ] as const;
  try {
    return {
      psnr: (await taken(psnr(...pair)))[0] as number,
      ssim: (await taken(ssim(...pair)))[0] as number,
    };
  } finally {
    tf.dispose([...pair]);
  }
};

/** Steps of all throws of all samples: what a picture of the model's size takes. */
export const stepsOf = (options: EnhanceOptions): number =>
  cascadeOf(options).reduce((sum, { steps = 1 }) => sum + steps, 0) * (options.samples ?? 1);
