import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, isCount } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { fromModelRange, type ImageRange, imageRange } from '../tensors/range.ts';
import { driveAsync } from './drive.ts';
import { fly } from './flight.ts';
import { checkImageShape, type ImageKey, readImages } from './images.ts';
import { planReturn, type ReturnOptions } from './plan.ts';

export type BoomerangOptions = ReturnOptions & {
  /** Decides every random number, together with the image, epoch and variant. */
  readonly seed: string | number;
  /** Names of the images; by default a digest of each one's pixels. */
  readonly keys?: readonly ImageKey[];
  /** Classes to return to, one for each image; by default the null label of a conditional model. */
  readonly labels?: readonly number[];
  /** Which of many variants of the same image. @defaultValue 0 */
  readonly variant?: number;
  /** @defaultValue 0 */
  readonly epoch?: number;
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  readonly range?: ImageRange;
  /** Looked at before every step. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Throws images into the noise of a diffusion model and lets the model bring them back: near neighbours on the image
 * manifold, as different as `strength` is high.
 *
 * @param images float32 or int32 `[N, H, W, C]` of the model's size; left alone.
 * @returns variants in the same shape, dtype and range, owned by the caller. The same seed, image, epoch and variant
 * give the same result in any batch (within 1e-5) and in any order.
 * @throws ArgumentError `bad-image-shape`, `out-of-range`, `bad-strength`, `bad-steps`, `unknown-solver`, `bad-eta`,
 * `bad-seed`, `bad-keys`, `bad-label`; whatever `signal` was aborted with.
 * @see Luzi et al. 2022, arXiv:2210.12100, section 3.
 */
export const boomerang = async (model: Model, images: tf.Tensor4D, options: BoomerangOptions): Promise<tf.Tensor4D> => {
  const { seed, keys, labels, variant = 0, epoch = 0, signal, onProgress } = options;
  checkSeed(seed);
  if (images.rank !== 4) {
    throw new ArgumentError(
      'bad-image-shape',
      `images must be [N, H, W, C], got [${images.shape}]; use tf.expandDims for one`,
    );
  }
  checkImageShape(images, model);
  checkIndex(variant, 'variant');
  checkIndex(epoch, 'epoch');
  const range = imageRange(images.dtype, options.range);
  const plan = planReturn(model, options);
  signal?.throwIfAborted();
  const count = images.shape[0];
  if (labels && labels.length !== count) {
    throw new ArgumentError('bad-label', `need one label for each of ${count} images, got ${labels.length}`);
  }
  const named = readImages(await images.data<'float32' | 'int32'>(), { count, range, keys });
  if (plan.evaluations === 0 || count === 0) return tf.clone(images);
  const travellers = named.map((image, n) => ({ ...image, plan, variant, label: labels?.[n] }));
  const flight = { model, travellers, seed, epoch, throwEpoch: epoch, branchStep: 0, signal, onStep: onProgress };
  const { pixels } = await driveAsync(fly(flight), model);
  return imagesFrom(pixels, images, range);
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

/** @throws ArgumentError `bad-seed` */
export const checkSeed = (seed: unknown): void => {
  if (typeof seed === 'string' || (typeof seed === 'number' && Number.isFinite(seed))) return;
  throw new ArgumentError(
    'bad-seed',
    `seed must be a string or a number, got ${seed}; there is no default, so that runs can be repeated`,
  );
};

/** @throws ArgumentError `bad-variant`, `bad-epoch` */
export const checkIndex = (value: number, name: 'variant' | 'epoch'): void => {
  if (!isCount(value, 0))
    throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least 0, got ${value}`);
};
