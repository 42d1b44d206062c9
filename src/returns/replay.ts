import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkOptions } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import { checkModel } from '../models/checkModel.ts';
import type { Model } from '../models/model.ts';
import { fromModelRange, type ImageRange, imageRange } from '../tensors/range.ts';
import type { Aim } from './aim.ts';
import { rangeRule } from './boomerangOptions.ts';
import { driveAsync } from './drive.ts';
import { fitted, unfitted } from './fit.ts';
import { fly } from './flight.ts';
import { checkImageShape, type NamedImage, readImages, shapeOf } from './images.ts';
import { planReturn } from './plan.ts';
import { roundingAlone } from './precision.ts';
import type { VariantRecord } from './record.ts';

const replaySchema = v.strictObject({
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
});

/**
 * Makes a variant again.
 *
 * @param image the image it was made from, `[H, W, C]` or `[1, H, W, C]`; left alone.
 * @returns a tensor like `image`, owned by the caller: the same pixels on the same engine, and within 1e-4 on another.
 * @throws ArgumentError `bad-record` if the model or the image is not the one of the record; `bad-image-shape`.
 */
export const replay = async <T extends tf.Tensor3D | tf.Tensor4D>(
  model: Model,
  record: VariantRecord,
  image: T,
  options: { readonly range?: ImageRange | undefined } = {},
): Promise<T> => {
  checkModel(model);
  checkOptions('replay', replaySchema, options);
  checkRecord(record, model);
  if (image.rank === 4 && image.shape[0] !== 1) {
    throw new ArgumentError('bad-image-shape', `a record is of one image, got a batch of ${image.shape[0]}`);
  }
  checkImageShape(image, model, record.fit);
  const { seed, key, variant, epoch, throwEpoch, branchStep, fit } = record;
  const { steps, solver, spacing, entry, guidance, roundTrip, asked: strength } = record;
  const manner = { steps, solver, spacing, entry, guidance, roundTrip, eta: record.eta ?? undefined };
  const plan = planReturn(model, { ...manner, strength });
  const [shape, range] = [shapeOf(image), imageRange(image.dtype, options.range)];
  const values = await image.data<'float32' | 'int32'>();
  const [named] = readImages(values, { count: 1, range, keys: [key] }) as [NamedImage];
  checkDigest(named, record);
  const address = { seed, key, variant, epoch, throwEpoch };
  const one = { image: fitted(named, shape, model), address, plan, aim: aimFrom(record) };
  const [cache, encodings] = [roundingAlone(record.latents), roundingAlone(record.encoded)];
  const { pixels } = await driveAsync(fly(model, [one], { branchStep, cache, encodings }));
  const whole = unfitted(pixels[0] as Float32Array, { image: named, shape, fit }, model);
  return tf.tensor(fromModelRange(whole, range, image.dtype), image.shape, image.dtype) as T;
};

/** What the image of a record returned to. */
const aimFrom = ({ conditional, label, prompt, negativePrompt }: VariantRecord): Aim => ({
  ...(conditional && label !== null ? { label } : {}),
  ...(typeof prompt === 'string' ? { prompt } : {}),
  ...(typeof negativePrompt === 'string' ? { negativePrompt } : {}),
});

const checkRecord = (record: VariantRecord, model: Model): void => {
  if (typeof record !== 'object' || record === null || !('modelDigest' in record && 'digest' in record)) {
    throw new ArgumentError(
      'bad-record',
      'a record must be what `onVariant` was told, with its digests; write it anew',
    );
  }
  if (record.modelDigest === model.digest) return;
  const rule = `the record is of model ${record.modelDigest}, this one is ${model.digest}`;
  throw new ArgumentError('bad-record', `${rule}; open the model that it was made with`);
};

const checkDigest = ({ digest }: NamedImage, record: VariantRecord): void => {
  if (digest === record.digest) return;
  throw new ArgumentError(
    'bad-record',
    `the record is of image ${record.key} with digest ${record.digest}, this one has ${digest}; give the same pixels`,
  );
};
