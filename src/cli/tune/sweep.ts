import * as tf from '@tensorflow/tfjs-core';
import { type Interval, meanOf, normalInterval, wilsonInterval } from '../../calibrate/intervals.ts';
import { takeValues, type VariantBatch, visitVariants } from '../../calibrate/variants.ts';
import { diversities, keptClasses, rmsDistances, structuralSimilarities } from '../../calibrate/measures.ts';
import { planReturn } from '../../returns/plan.ts';
import type { Model } from '../../models/model.ts';
import type { Tuning } from './options.ts';

/** Images that the classifier gets right, and what is needed to measure their variants. */
export type SweepData = {
  /** float32 in [0, 1]. */
  readonly images: tf.Tensor4D;
  /** The class of each image, as the classifier counts. */
  readonly labels: readonly number[];
  /** The model's label to return each image to; the null label where absent. */
  readonly returnTo?: readonly number[];
  readonly classify: (images: tf.Tensor4D) => tf.Tensor;
  /** Places of images whose variants are kept for the picture. */
  readonly shown: readonly number[];
};

/** A mean over images, with its 95 % interval. */
export type Estimate = { readonly mean: number; readonly interval: Interval };

/** What one strength does and costs. Distances are in [0, 1] units. */
export type SweepPoint = {
  readonly strength: number;
  readonly timestep: number;
  readonly sigma: number;
  /** Network calls per variant. */
  readonly evaluations: number;
  /** Share of variants that keep their class. */
  readonly retention: Estimate;
  readonly rms: Estimate;
  readonly ssim: Estimate;
  /** RMS distance among the variants of an image. */
  readonly diversity: Estimate;
  readonly secondsPerVariant: number;
  /** For each image, the share of its variants that keep the class. */
  readonly kept: readonly number[];
  /** The first variant of each shown image. */
  readonly shown: readonly Float32Array[];
};

/** Measures every strength. @param onVariants told how many variants were made since it was last told */
export const sweep = async (
  model: Model,
  data: SweepData,
  { tuning, onVariants }: { readonly tuning: Tuning; readonly onVariants: (count: number) => void },
): Promise<SweepPoint[]> => {
  const points: SweepPoint[] = [];
  for (const strength of tuning.strengths) points.push(await measureAt(model, data, { tuning, strength, onVariants }));
  return points;
};

type AtStrength = {
  readonly tuning: Tuning;
  readonly strength: number;
  readonly onVariants: (count: number) => void;
};

const measureAt = async (
  model: Model,
  data: SweepData,
  { tuning, strength, onVariants }: AtStrength,
): Promise<SweepPoint> => {
  const { way, seed, variants } = tuning;
  const scores: BatchScores[] = [];
  let [seconds, mark] = [0, performance.now()];
  const work = {
    ...{ ...way, strength, seed, variants, places: data.labels.map((_, place) => place) },
    ...(data.returnTo ? { labels: data.returnTo } : {}),
    onVariants(count: number) {
      seconds += (performance.now() - mark) / 1000;
      mark = performance.now();
      onVariants(count);
    },
  };
  await visitVariants(model, data.images, work, async (batch) => {
    scores.push(await scoreBatch(batch, data));
    mark = performance.now(); // measuring is not what a variant costs
  });
  const { timestep, sigma, evaluations } = planReturn(model, { ...way, strength });
  return {
    ...{ strength, timestep, sigma, evaluations },
    ...summarise(scores),
    secondsPerVariant: seconds / (variants * data.labels.length),
  };
};

type BatchScores = Readonly<Record<'kept' | 'rms' | 'ssim' | 'diversity', Float32Array>> & {
  readonly shown: readonly Float32Array[];
};

const scoreBatch = async ({ images, variants, places }: VariantBatch, data: SweepData): Promise<BatchScores> => {
  const labels = places.map((place) => data.labels[place] as number);
  const mean = (score: (variant: tf.Tensor4D) => tf.Tensor): Promise<Float32Array> =>
    takeValues(tf.tidy(() => tf.mean(tf.stack(variants.map(score)), 0)));
  const shown = places.flatMap((place, n) => (data.shown.includes(place) ? [n] : []));
  return {
    kept: await mean((variant) => keptClasses(data.classify(variant) as tf.Tensor2D, labels)),
    rms: await mean((variant) => rmsDistances(images, variant)),
    ssim: await mean((variant) => structuralSimilarities(images, variant)),
    diversity: await takeValues(diversities(variants)),
    shown: await Promise.all(shown.map((n) => takeValues(tf.slice(variants[0], [n, 0, 0, 0], [1, -1, -1, -1])))),
  };
};

const summarise = (scores: readonly BatchScores[]) => {
  const all = (name: 'kept' | 'rms' | 'ssim' | 'diversity'): number[] => scores.flatMap((one) => [...one[name]]);
  const estimate = (values: readonly number[], interval = normalInterval): Estimate => ({
    mean: meanOf(values),
    interval: interval(values),
  });
  const kept = all('kept');
  return {
    retention: estimate(kept, wilsonInterval),
    rms: estimate(all('rms')),
    ssim: estimate(all('ssim')),
    diversity: estimate(all('diversity')),
    kept,
    shown: scores.flatMap(({ shown }) => shown),
  };
};
