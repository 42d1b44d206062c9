import * as tf from '@tensorflow/tfjs-core';
import { type Interval, meanOf, normalInterval, wilsonInterval } from '../../calibrate/intervals.ts';
import { diversities, keptClasses, rmsDistances, structuralSimilarities } from '../../calibrate/measures.ts';
import { takeValues, type VariantBatch, visitVariants } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import { planAmong } from '../../returns/plan.ts';
import { watchModel } from '../watchModel.ts';
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

export type SweepWork = {
  readonly tuning: Tuning;
  readonly signal: AbortSignal;
  /** Strengths that were measured before, which are not measured again. */
  readonly known: readonly SweepPoint[];
  /** Told how many images each call of the network took. */
  readonly onEvaluated: (images: number) => void;
  /** Told of each strength once it is measured. */
  readonly onPoint: (point: SweepPoint) => Promise<void>;
};

/** Measures every strength that is not known, and puts them with the others. */
export const sweep = async (model: Model, data: SweepData, work: SweepWork): Promise<SweepPoint[]> => {
  const points: SweepPoint[] = [];
  for (const strength of work.tuning.strengths) {
    const known = work.known.find((point) => point.strength === strength);
    const point = known ?? (await measureAt(model, data, { ...work, strength }));
    if (!known) await work.onPoint(point);
    points.push(point);
  }
  return points;
};

const measureAt = async (
  model: Model,
  data: SweepData,
  { tuning, signal, onEvaluated, strength }: SweepWork & { readonly strength: number },
): Promise<SweepPoint> => {
  const { way, seed, variants } = tuning;
  const scores: BatchScores[] = [];
  let [seconds, mark, evaluations] = [0, performance.now(), 0];
  const watched = watchModel(model, {
    signal,
    onEvaluated(images) {
      evaluations += images;
      onEvaluated(images);
    },
  });
  const work = {
    ...{ ...way, strength, seed, variants, places: data.labels.map((_, place) => place) },
    ...(data.returnTo ? { labels: data.returnTo } : {}),
    onVariants() {
      seconds += (performance.now() - mark) / 1000;
      mark = performance.now();
    },
  };
  await visitVariants(watched, data.images, work, async (batch) => {
    scores.push(await scoreBatch(batch, data));
    mark = performance.now(); // measuring is not what a variant costs
  });
  const { timestep, sigma } = planAmong(model, { ...way, strength });
  const made = variants * data.labels.length;
  return {
    ...{ strength, timestep, sigma, evaluations: evaluations / made },
    ...summarise(scores),
    secondsPerVariant: seconds / made,
  };
};

/** What was measured of the images of a batch. */
export type BatchScores = Readonly<Record<'kept' | 'rms' | 'ssim' | 'diversity', Float32Array>> & {
  readonly shown: readonly Float32Array[];
};

export const scoreBatch = async (
  { images, variants, places }: VariantBatch,
  data: Pick<SweepData, 'labels' | 'classify' | 'shown'>,
): Promise<BatchScores> => {
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

/** What all batches say of a strength. */
export const summarise = (scores: readonly BatchScores[]) => {
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
