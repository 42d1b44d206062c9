import * as tf from '@tensorflow/tfjs-core';
import { type Interval, meanOf, normalInterval, wilsonInterval } from '../../calibrate/intervals.ts';
import { diversities, keptClasses, rmsDistances, structuralSimilarities } from '../../calibrate/measures.ts';
import { takeValues, type VariantBatch } from '../../calibrate/variants.ts';

/** A mean over images, with its 95 % interval. */
export type Estimate = { readonly mean: number; readonly interval: Interval };

/** What variants are judged by, beside distances. */
export type Judged = {
  /** Tells whether variants keep the class of their image. */
  readonly judge?: {
    /** The class of each image, as the classifier counts. */
    readonly labels: readonly number[];
    readonly classify: (images: tf.Tensor4D) => tf.Tensor;
  };
  /** Places of images whose variants are kept for the picture. */
  readonly shown: readonly number[];
};

/** What was measured of the images of a batch. */
export type BatchScores = Readonly<Record<'kept' | 'rms' | 'ssim' | 'diversity', Float32Array>> & {
  readonly shown: readonly Float32Array[];
};

export const scoreBatch = async ({ images, variants, places }: VariantBatch, data: Judged): Promise<BatchScores> => {
  const mean = (score: (variant: tf.Tensor4D) => tf.Tensor): Promise<Float32Array> =>
    takeValues(tf.tidy(() => tf.mean(tf.stack(variants.map(score)), 0)));
  const shown = places.flatMap((place, n) => (data.shown.includes(place) ? [n] : []));
  return {
    kept: data.judge ? await mean(keptBy(data.judge, places)) : new Float32Array(),
    rms: await mean((variant) => rmsDistances(images, variant)),
    ssim: await mean((variant) => structuralSimilarities(images, variant)),
    diversity: await takeValues(diversities(variants)),
    shown: await Promise.all(shown.map((n) => takeValues(tf.slice(variants[0], [n, 0, 0, 0], [1, -1, -1, -1])))),
  };
};

const keptBy = ({ labels, classify }: NonNullable<Judged['judge']>, places: readonly number[]) => {
  const own = places.map((place) => labels[place] as number);
  return (variant: tf.Tensor4D): tf.Tensor => keptClasses(classify(variant) as tf.Tensor2D, own);
};

/** What all batches say of a strength. */
export const summarise = (scores: readonly BatchScores[]) => {
  const all = (name: 'kept' | 'rms' | 'ssim' | 'diversity'): number[] => scores.flatMap((one) => [...one[name]]);
  const estimate = (values: readonly number[], interval = normalInterval): Estimate => ({
    mean: meanOf(values),
    interval: interval(values),
  });
  const kept = all('kept');
  return {
    ...(kept.length > 0 ? { retention: estimate(kept, wilsonInterval) } : {}),
    rms: estimate(all('rms')),
    ssim: estimate(all('ssim')),
    diversity: estimate(all('diversity')),
    kept,
    shown: scores.flatMap(({ shown }) => shown),
  };
};
