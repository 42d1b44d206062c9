import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../models/model.ts';
import type { ImageKey } from '../../returns/address.ts';
import type { Aim } from '../../returns/aim.ts';
import type { Correction } from '../../returns/correction.ts';
import { driveAsync } from '../../returns/drive.ts';
import { fly } from '../../returns/flight.ts';
import { nameImage } from '../../returns/images.ts';
import type { ReturnPlan } from '../../returns/plan.ts';
import type { Throw } from '../../returns/throw.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { type Degradation, project } from './degrade/degradation.ts';

/** Images that go through a cascade together. */
export type Cascade = {
  readonly model: Model;
  /** Of each throw. */
  readonly plans: readonly ReturnPlan[];
  readonly change: Correction['change'];
  /** What of latents is known, where all throws but the last are held to it: see `lowFrequencies`. @defaultValue nothing */
  readonly low?: Degradation | undefined;
  /** Every how manyth estimate of a throw is corrected; the last always is. @defaultValue 1 */
  readonly every?: number | undefined;
  readonly seed: string | number;
  readonly keys: readonly ImageKey[];
  /** What an image returns to. */
  readonly aimOf: (plan: ReturnPlan, n: number) => Aim;
  readonly signal?: AbortSignal | undefined;
  readonly onStep: () => void;
};

/**
 * Throws images, then what came back of them, and so on.
 *
 * @param start pixels in [-1, 1], of the model's size, one image after the other; left alone.
 * @param sample which of several results: others have other noise.
 * @returns pixels in [-1, 1].
 */
export const throwAgain = async (cascade: Cascade, start: Float32Array, sample: number): Promise<Float32Array> => {
  const { model, plans, change, low } = cascade;
  const last = low ? Math.max(0, plans.length - 1) : 0;
  let pixels = start;
  if (low && last > 0) pixels = await throwLatents({ ...cascade, low }, start, { sample, end: last });
  for (let epoch = last; epoch < plans.length; epoch += 1) {
    pixels = clipped(await thrown(cascade, pixels, { model, change, epoch, sample }));
  }
  return pixels;
};

type InLatents = { readonly sample: number; readonly end: number };

/** The first throws, which stay in latents; what they come to is what was seen, in pixels. */
const throwLatents = async (
  cascade: Cascade & { readonly low: Degradation },
  start: Float32Array,
  { sample, end }: InLatents,
): Promise<Float32Array> => {
  const { model, low, keys } = cascade;
  const shapeOf = (shape: ImageShape) => [keys.length, ...shape] as [number, number, number, number];
  let latents = await later(tf.tensor4d(start, shapeOf(model.imageShape)), (x) => model.encodeAsync(x));
  const seen = tf.tidy(() => low.degrade(tf.tensor4d(latents, shapeOf(model.latentShape))));
  try {
    const walk = { ...model, imageShape: model.latentShape, isLatent: false };
    const change: Correction['change'] = (clean) => project(low, clean, { seen });
    for (let epoch = 0; epoch < end; epoch += 1) {
      latents = await thrown(cascade, latents, { model: walk, change, epoch, sample });
    }
  } finally {
    seen.dispose();
  }
  const images = await later(tf.tensor4d(latents, shapeOf(model.latentShape)), (x) => model.decodeAsync(x));
  return clipped(await later(tf.tensor4d(images, shapeOf(model.imageShape)), async (x) => cascade.change(x, 0)));
};

/** The values of what becomes of a tensor, which is disposed. */
const later = async (x: tf.Tensor4D, work: (x: tf.Tensor4D) => Promise<tf.Tensor4D>): Promise<Float32Array> => {
  const made = await work(x).finally(() => x.dispose());
  return made.data<'float32'>().finally(() => made.dispose());
};

type Once = {
  readonly model: Model;
  readonly change: Correction['change'];
  readonly epoch: number;
  readonly sample: number;
};

/** What comes back of one throw. */
const thrown = async (cascade: Cascade, values: Float32Array, once: Once): Promise<Float32Array> => {
  const { plans, every = 1, seed, signal, keys, onStep } = cascade;
  const { model, change, epoch, sample } = once;
  const plan = plans[epoch] as ReturnPlan;
  const size = values.length / keys.length;
  const throws = keys.map(
    (key, n): Throw => ({
      image: nameImage(values.subarray(n * size, (n + 1) * size), key),
      address: { seed, key, variant: sample, epoch, throwEpoch: epoch },
      plan,
      aim: cascade.aimOf(plan, n),
    }),
  );
  const isDue = (call: number): boolean => (call + 1) % every === 0;
  const { pixels } = await driveAsync(fly(model, throws, { correction: { change, isDue }, signal, onStep }));
  return joined(pixels);
};

const joined = (images: readonly Float32Array[]): Float32Array => {
  const size = images[0]?.length ?? 0;
  const values = new Float32Array(images.length * size);
  for (const [n, image] of images.entries()) values.set(image, n * size);
  return values;
};

const clipped = (values: Float32Array): Float32Array => values.map((value) => Math.min(1, Math.max(-1, value)));
