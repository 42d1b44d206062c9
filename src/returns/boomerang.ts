import * as tf from '@tensorflow/tfjs-core';
import { checkOptions } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import { checkModel } from '../models/checkModel.ts';
import type { Model } from '../models/model.ts';
import { fromModelRange, type ImageRange, imageRange } from '../tensors/range.ts';
import { checkPrompt, promptFor } from '../text/prompt.ts';
import { aimOf, checkAim, classesOf } from './aim.ts';
import { type BoomerangOptions, boomerangSchema } from './boomerangOptions.ts';
import { driveAsync } from './drive.ts';
import { fitted, unfitted } from './fit.ts';
import { fly } from './flight.ts';
import { checkImageShape, readImages, shapeOf } from './images.ts';
import type { KeptLatents } from './keptLatents.ts';
import { planAmong } from './plan.ts';

/**
 * Throws images into the noise of a diffusion model and lets the model bring them back: near neighbours on the image
 * manifold, as different as `strength` is high.
 *
 * @param images float32 or int32 `[N, H, W, C]` of the model's size, or of any size with `fit`; left alone.
 * @returns variants in the same shape, dtype and range, owned by the caller. The same seed, image, epoch and variant
 * give the same result in any batch (within 1e-5) and in any order.
 * @throws ArgumentError `bad-model`, `unknown-option`, `bad-image-shape`, `out-of-range`, `bad-strength`, `bad-steps`,
 * `unknown-solver`, `bad-eta`, `bad-seed`, `bad-keys`, `bad-labels`, `bad-label`, `bad-prompt`, `bad-negative-prompt`,
 * `bad-guidance`; NumericError `not-finite`; whatever `signal` was aborted with.
 * @see Luzi et al. 2022, arXiv:2210.12100, section 3.
 */
export const boomerang = async (model: Model, images: tf.Tensor4D, options: BoomerangOptions): Promise<tf.Tensor4D> => {
  checkModel(model);
  checkOptions('boomerang', boomerangSchema, options);
  return bringBack(model, images, options);
};

/** Where images are kept as a latent model encodes them, so that further variants of the same need not encode again. */
type Keeping = { readonly encodings: KeptLatents };

/** As {@link boomerang}, for who makes many variants of the same images. */
export const boomerangKeeping = async (
  model: Model,
  images: tf.Tensor4D,
  { encodings, ...options }: BoomerangOptions & Keeping,
): Promise<tf.Tensor4D> => {
  checkModel(model);
  checkOptions('boomerang', boomerangSchema, options);
  return bringBack(model, images, { ...options, encodings });
};

const bringBack = async (
  model: Model,
  images: tf.Tensor4D,
  options: BoomerangOptions & Partial<Keeping>,
): Promise<tf.Tensor4D> => {
  const { encodings } = options;
  const { seed, keys, labels, variant = 0, epoch = 0, fit = 'exact', signal, onProgress } = options;
  if (images.rank !== 4) {
    throw new ArgumentError(
      'bad-image-shape',
      `images must be [N, H, W, C], got [${images.shape}]; use tf.expandDims for one`,
    );
  }
  checkImageShape(images, model, fit);
  const range = imageRange(images.dtype, options.range);
  const plan = planAmong(model, options);
  checkAim(model, { ...options, toClasses: options.labels !== undefined });
  signal?.throwIfAborted();
  const count = images.shape[0];
  const prompts = promptsFor(model, options, count);
  if (labels && labels.length !== count) {
    throw new ArgumentError('bad-label', `need one label for each of ${count} images, got ${labels.length}`);
  }
  const shape = shapeOf(images);
  const named = readImages(await images.data<'float32' | 'int32'>(), { count, range, keys });
  if (!plan.isMoving || count === 0) return tf.clone(images);
  const throws = named.map((image, n) => ({
    image: fitted(image, shape, model),
    address: { seed, key: image.key, variant, epoch, throwEpoch: epoch },
    plan,
    aim: aimOf(model, plan, { label: labels?.[n], prompt: prompts?.[n], negativePrompt: options.negativePrompt }),
  }));
  const { pixels } = await driveAsync(fly(model, throws, { encodings, signal, onStep: onProgress }));
  const whole = pixels.map((one, n) => unfitted(one, { image: named[n] as (typeof named)[number], shape, fit }, model));
  return imagesFrom(whole, images, range);
};

/** The prompt of each image. @throws ArgumentError `bad-prompt`, `bad-label` */
const promptsFor = (
  model: Model,
  { prompt, labels, classes = classesOf(model) }: BoomerangOptions,
  count: number,
): readonly string[] | undefined => {
  if (prompt === undefined) return undefined;
  const texts = typeof prompt === 'string' ? new Array<string>(count).fill(prompt) : prompt;
  if (texts.length !== count) {
    throw new ArgumentError('bad-prompt', `need one prompt, or one for each of ${count} images, got ${texts.length}`);
  }
  for (const text of new Set(texts)) checkPrompt(text, { hasLabels: labels !== undefined, classes });
  return texts.map((text, n) => promptFor(text, { element: undefined, label: labels?.[n], classes }));
};

/** A tensor like another one, of other images. */
const imagesFrom = (
  pixels: readonly Float32Array[],
  { shape, dtype, size }: tf.Tensor4D,
  range: ImageRange,
): tf.Tensor4D => {
  const values = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  for (const [n, image] of pixels.entries()) values.set(fromModelRange(image, range, dtype), n * image.length);
  return tf.tensor4d(values, shape, dtype);
};
