import * as tf from '@tensorflow/tfjs-core';
import { boomerang } from '../../returns/boomerang.ts';
import { planReturn } from '../../returns/plan.ts';
import type { Model } from '../../models/model.ts';

export type Sampling = {
  readonly strengths: readonly number[];
  /** Variants of each image at each strength. */
  readonly variants: number;
  readonly steps?: number;
  readonly solver?: string;
  readonly eta?: number;
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
};

export type Samples = {
  /** One for each strength. */
  readonly rows: readonly SampleRow[];
  /** Pixels by image, then by strength and variant. */
  readonly variants: readonly (readonly Float32Array[])[];
};

/**
 * Checks everything that can be known to be wrong before an image is seen.
 *
 * @throws ArgumentError as `planReturn`.
 */
export const checkSampling = (model: Model, { strengths, ...options }: Sampling): void => {
  for (const strength of strengths) planReturn(model, { ...options, strength });
};

/**
 * Makes the variants of all images at every strength.
 *
 * @param images pixels in [0, 1], each of the model's shape.
 * @param onProgress called with the share of the work done, 0 to 1.
 */
export const sampleVariants = async (
  model: Model,
  images: readonly Float32Array[],
  { sampling, onProgress }: { readonly sampling: Sampling; readonly onProgress: (share: number) => void },
): Promise<Samples> => {
  const originals = joined(images);
  const batch = tf.tensor4d(originals, [images.length, ...model.imageShape]);
  const rows: SampleRow[] = [];
  const variants: Float32Array[][] = images.map(() => []);
  try {
    tf.dispose(model.predict(batch, 0, sampling.label)); // the first call is slow, and is not to count as the first strength's time
    for (const [n, strength] of sampling.strengths.entries()) {
      const { strengths, ...options } = { ...sampling, strength };
      const report = (share: number): void => onProgress((n + share) / strengths.length);
      const { made, seconds } = await variantsAt(model, batch, { options, report });
      variants.forEach((list, k) => {
        list.push(...made.map((pixels) => cut(pixels, originals.length / images.length, k)));
      });
      const { timestep, sigma, evaluations } = planReturn(model, options);
      const distance = rootMeanSquare(originals, made);
      rows.push({ strength, timestep, sigma, evaluations, distance, secondsPerVariant: seconds / images.length });
    }
  } finally {
    batch.dispose();
  }
  return { rows, variants };
};

type AtOneStrength = Omit<Sampling, 'strengths'> & { readonly strength: number };

/** Every variant of the whole batch, and the seconds that one took. */
const variantsAt = async (
  model: Model,
  batch: tf.Tensor4D,
  { options, report }: { readonly options: AtOneStrength; readonly report: (share: number) => void },
) => {
  const { variants, label, ...rest } = options;
  const labels = label === undefined ? {} : { labels: Array.from({ length: batch.shape[0] }, () => label) };
  const made: Float32Array[] = [];
  const start = performance.now();
  for (let variant = 0; variant < variants; variant += 1) {
    const onProgress = (done: number, total: number): void => report((variant + done / total) / variants);
    const result = await boomerang(model, batch, { ...rest, ...labels, variant, onProgress });
    made.push(await result.data<'float32'>());
    result.dispose();
    report((variant + 1) / variants);
  }
  return { made, seconds: (performance.now() - start) / 1000 / variants };
};

const joined = (images: readonly Float32Array[]): Float32Array => {
  const size = images[0]?.length ?? 0;
  const all = new Float32Array(images.length * size);
  images.forEach((image, n) => {
    all.set(image, n * size);
  });
  return all;
};

const cut = (pixels: Float32Array, size: number, n: number): Float32Array => pixels.slice(n * size, (n + 1) * size);

const rootMeanSquare = (originals: Float32Array, made: readonly Float32Array[]): number => {
  let sum = 0;
  for (const pixels of made) {
    for (const [i, original] of originals.entries()) sum += (original - (pixels[i] ?? Number.NaN)) ** 2;
  }
  return Math.sqrt(sum / (originals.length * made.length));
};
