import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { keepEncodings } from '../returns/keptLatents.ts';
import { planAmong } from '../returns/plan.ts';
import type { Measure } from './goal.ts';
import type { CalibrateOptions } from './options.ts';
import { BATCH, takeImages, takeValues, type VariantBatch, type VariantWork, visitVariants } from './variants.ts';

/** Scores of images at strengths; what was measured once is remembered, so that searches per class share it. */
export type Scores = {
  /** The score of each image at some places, the mean over its variants. */
  at(strength: number, places: readonly number[]): Promise<Float64Array>;
  /** Network calls so far, image by image. */
  evaluations(): number;
};

export type ScoresSetup = {
  readonly options: CalibrateOptions;
  readonly measure: Measure;
  /** Variants that may be made, for who watches. */
  readonly total: number;
};

export const makeScores = (model: Model, images: tf.Tensor4D, { options, measure, total }: ScoresSetup): Scores => {
  const known = new Map<number, Float64Array>();
  let [done, evaluations] = [0, 0];
  const onVariants = (count: number): void => {
    done += count;
    options.onProgress?.(done, total);
  };
  const work = { ...workOf(options), encodings: keepEncodings() };
  return {
    async at(strength, places) {
      const all = known.get(strength) ?? new Float64Array(images.shape[0]).fill(Number.NaN);
      known.set(strength, all);
      const missing = places.filter((place) => Number.isNaN(all[place]));
      evaluations += missing.length * work.variants * planAmong(model, { ...options, strength }).evaluations;
      await visitVariants(model, images, { ...work, strength, places: missing, onVariants }, async (batch) => {
        const scores = await scoresOf(batch, measure, options.labels);
        for (const [n, place] of batch.places.entries()) all[place] = scores[n] as number;
      });
      return Float64Array.from(places, (place) => all[place] as number);
    },
    evaluations: () => evaluations,
  };
};

/** Places of the images that can be measured: for retention, those that the classifier gets right. */
export const measurable = async (
  images: tf.Tensor4D,
  { classifier, labels }: CalibrateOptions,
  measure: Measure,
): Promise<readonly number[]> => {
  const places = Array.from({ length: images.shape[0] }, (_, place) => place);
  if (classifier === undefined) return places;
  const right: number[] = [];
  for (let start = 0; start < places.length; start += BATCH) {
    const some = places.slice(start, start + BATCH);
    const batch = takeImages(images, some);
    try {
      const scores = await scoresOf({ images: batch, variants: [batch], places: some }, measure, labels);
      right.push(...some.filter((_, n) => scores[n] === 1));
    } finally {
      batch.dispose();
    }
  }
  return right;
};

/** The mean score of each image of a batch over its variants. */
const scoresOf = async (
  { images, variants, places }: VariantBatch,
  measure: Measure,
  labels: readonly number[] = [],
): Promise<Float64Array> => {
  const own = places.map((place) => labels[place] ?? 0);
  const means = new Float64Array(places.length);
  for (const variant of variants) {
    const scores = await takeValues(measure.score(images, variant, own));
    for (const [n, score] of scores.entries()) means[n] = (means[n] as number) + score / variants.length;
  }
  return means;
};

const workOf = (options: CalibrateOptions): Omit<VariantWork, 'strength' | 'places'> => {
  const { classifier, embed, distance, target, strengths, tolerance, perClass, onProgress, ...rest } = options;
  const { labels, conditional, variants = 1, ...work } = rest;
  const isTold = conditional || work.prompt?.includes('{class}');
  return { ...work, variants, ...(isTold && labels ? { labels } : {}) };
};
