import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { StrengthSpec } from '../noise/strength.ts';
import { fromModelRange, type ImageRange, imageRange } from '../tensors/range.ts';
import { driveAsync } from './drive.ts';
import { fly } from './flight.ts';
import { checkImageShape, type ImageKey, readImages } from './images.ts';
import { planReturn, type ReturnOptions } from './plan.ts';

/** Where a variant came from: plain JSON, enough to make it again with `replay`. */
export type VariantRecord = {
  readonly key: ImageKey;
  /** The class of the image, if the augmenter was told. */
  readonly label: number | null;
  readonly seed: string | number;
  readonly epoch: number;
  readonly throwEpoch: number;
  readonly variant: number;
  /** Share of the forward process. */
  readonly strength: number;
  /** The strength as it was asked for, in its own unit. */
  readonly asked: StrengthSpec;
  readonly timestep: number;
  readonly solver: string;
  readonly steps: number;
  readonly eta: number | null;
  readonly spacing: NonNullable<ReturnOptions['spacing']>;
  readonly entry: NonNullable<ReturnOptions['entry']>;
  readonly branchStep: number;
  /** Whether it returned to its own class rather than to the null label. */
  readonly conditional: boolean;
  readonly modelDigest: string;
  readonly engine: string;
  /** Root mean square distance to the image, in [0, 1] units. */
  readonly distance: number;
  /** Whether it was used; else the next variant was tried, or the image stayed. */
  readonly kept: boolean;
};

/**
 * Makes a variant again.
 *
 * @param image the image it was made from, `[H, W, C]` or `[1, H, W, C]`; left alone.
 * @returns a tensor like `image`, owned by the caller: the same pixels on the same engine, and within 1e-4 on another.
 * @throws ArgumentError `bad-record` if the model is not the one of the record.
 */
export const replay = async <T extends tf.Tensor3D | tf.Tensor4D>(
  model: Model,
  record: VariantRecord,
  image: T,
  options: { readonly range?: ImageRange } = {},
): Promise<T> => {
  if (record.modelDigest !== model.digest) {
    const rule = `the record is of model ${record.modelDigest}, this one is ${model.digest}`;
    throw new ArgumentError('bad-record', `${rule}; open the model that it was made with`);
  }
  checkImageShape(image, model);
  const { seed, epoch, throwEpoch, variant, branchStep, key } = record;
  const { eta, ...rest } = record;
  const plan = planReturn(model, { ...rest, strength: record.asked, ...(eta === null ? {} : { eta }) });
  const range = imageRange(image.dtype, options.range);
  const named = readImages(await image.data<'float32' | 'int32'>(), { count: 1, range, keys: [key] });
  const label = record.conditional && record.label !== null ? { label: record.label } : {};
  const travellers = named.map((one) => ({ ...one, plan, variant, ...label }));
  const { pixels } = await driveAsync(fly({ model, travellers, seed, epoch, throwEpoch, branchStep }), model);
  return tf.tensor(fromModelRange(pixels[0] as Float32Array, range, image.dtype), image.shape, image.dtype) as T;
};
