import * as tf from '@tensorflow/tfjs-core';
import { visitVariants } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { checkWay, checkWayPrompt, type Way } from '../../node/tuning/way.ts';
import { type KeptLatents, keepEncodings } from '../../returns/keptLatents.ts';
import { planAmong } from '../../returns/plan.ts';

export type Sampling = Way & {
  readonly strengths: readonly number[];
  /** Variants of each image at each strength. */
  readonly variants: number;
  readonly seed: string;
  /** One class for all images. */
  readonly label?: number;
};

/** What one strength costs and does. */
export type SampleRow = {
  readonly strength: number;
  readonly timestep: number;
  readonly sigma: number;
  /** Network calls per variant. */
  readonly evaluations: number;
  /** Root mean square over all pixels of all variants, in [0, 1] units. */
  readonly distance: number;
  readonly secondsPerVariant: number;
  /** Of each image; fewer than were asked for where the work was stopped. */
  readonly variants: number;
};

export type Samples = {
  /** One for each strength that was begun, and got a variant of every image. */
  readonly rows: readonly SampleRow[];
  /** Pixels by image, then by strength and variant. */
  readonly variants: readonly (readonly Float32Array[])[];
  /** Network calls that were made, image by image. */
  readonly evaluations: number;
};

/**
 * Checks everything that can be known to be wrong before an image is seen.
 *
 * @throws ArgumentError as `planReturn`, `bad-prompt`, `bad-negative-prompt`.
 */
export const checkSampling = (model: Model, { strengths, label, ...options }: Sampling): void => {
  checkWay(model, options, strengths);
  checkWayPrompt(model, options, label !== undefined);
};

export type SamplingWork = {
  readonly sampling: Sampling;
  /** Called with the share of the work done, 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** When it is aborted, what was made until then is the result. */
  readonly signal?: AbortSignal;
};

/**
 * Makes the variants of all images at every strength.
 *
 * @param images pixels in [0, 1], each of the model's shape.
 */
export const sampleVariants = async (
  model: Model,
  images: readonly Float32Array[],
  { sampling, onProgress, signal = new AbortController().signal }: SamplingWork,
): Promise<Samples> => {
  const batch = tf.tensor4d(joined(images), [images.length, ...model.imageShape]);
  const rows: SampleRow[] = [];
  const variants: Float32Array[][] = images.map(() => []);
  const total = evaluationsOf(model, sampling, images.length);
  let evaluations = 0;
  const onEvaluated = (count: number): void => {
    evaluations += count;
    onProgress(evaluations / total);
  };
  const watched = watchModel(model, { signal, onEvaluated });
  const encodings = keepEncodings();
  try {
    for (const strength of sampling.strengths) {
      if (signal.aborted) break;
      const { made, seconds } = await variantsAt(watched, batch, { sampling, strength, encodings, signal });
      const whole = Math.min(...made.map((list) => list.length));
      if (whole === 0) continue;
      const kept = made.map((list) => list.slice(0, whole));
      kept.forEach((list, n) => void variants[n]?.push(...list));
      const distance = rootMeanSquare(images, kept);
      rows.push({ ...costAt(model, sampling, strength), distance, secondsPerVariant: seconds, variants: whole });
    }
    if (!signal.aborted) onProgress(1); // also where nothing had to be evaluated
  } finally {
    batch.dispose();
  }
  return { rows, variants, evaluations };
};

/** Network calls that a sampling takes, image by image. */
export const evaluationsOf = (model: Model, { strengths, variants, ...way }: Sampling, images: number): number =>
  strengths.reduce((sum, strength) => sum + planAmong(model, { ...way, strength }).evaluations, 0) * variants * images;

const costAt = (model: Model, { strengths: _, ...way }: Sampling, strength: number) => {
  const { timestep, sigma, evaluations } = planAmong(model, { ...way, strength });
  return { strength, timestep, sigma, evaluations };
};

type AtStrength = Required<Pick<SamplingWork, 'sampling' | 'signal'>> & {
  readonly strength: number;
  readonly encodings: KeptLatents;
};

/** Variants by image, and the seconds that one took; what was made so far when the signal is aborted. */
const variantsAt = async (model: Model, batch: tf.Tensor4D, { sampling, strength, encodings, signal }: AtStrength) => {
  const { label, strengths: _, ...rest } = sampling;
  const places = Array.from({ length: batch.shape[0] }, (_, place) => place);
  const made: Float32Array[][] = places.map(() => []);
  const start = performance.now();
  const onVariants = async (count: number, variant: tf.Tensor4D, some: readonly number[]): Promise<void> => {
    const values = await variant.data<'float32'>();
    const size = values.length / count;
    some.forEach((place, n) => void made[place]?.push(values.slice(n * size, (n + 1) * size)));
  };
  const labels = label === undefined ? {} : { labels: places.map(() => label) };
  const work = { ...rest, ...labels, strength, places, encodings, onVariants };
  await visitVariants(model, batch, work, async () => undefined).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  const count = made.reduce((sum, list) => sum + list.length, 0);
  return { made, seconds: (performance.now() - start) / 1000 / Math.max(1, count) };
};

const joined = (images: readonly Float32Array[]): Float32Array => {
  const size = images[0]?.length ?? 0;
  const all = new Float32Array(images.length * size);
  images.forEach((image, n) => {
    all.set(image, n * size);
  });
  return all;
};

const rootMeanSquare = (originals: readonly Float32Array[], made: readonly (readonly Float32Array[])[]): number => {
  let [sum, count] = [0, 0];
  for (const [n, original] of originals.entries()) {
    for (const variant of made[n] ?? []) {
      for (const [i, value] of original.entries()) sum += (value - (variant[i] ?? Number.NaN)) ** 2;
      count += original.length;
    }
  }
  return Math.sqrt(sum / count);
};
