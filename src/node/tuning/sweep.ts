import type * as tf from '@tensorflow/tfjs-core';
import { visitVariants } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import { type KeptLatents, keepEncodings } from '../../returns/keptLatents.ts';
import { planAmong } from '../../returns/plan.ts';
import { type BatchScores, type Estimate, type Judged, scoreBatch, summarise } from './scores.ts';
import { watchModel } from './watchModel.ts';
import type { Way } from './way.ts';

/** Images, those that the classifier gets right where one is asked, and what is needed to measure their variants. */
export type SweepData = Judged & {
  /** float32 in [0, 1]. */
  readonly images: tf.Tensor4D;
  /** The label to tell the model of each image; the null label where absent. */
  readonly returnTo?: readonly number[];
};

/** What one strength does and costs. Distances are in [0, 1] units. */
export type SweepPoint = {
  readonly strength: number;
  /** For a latent model: images were not thrown, only encoded and decoded. The strength is 0. */
  readonly roundTrip?: true;
  readonly timestep: number;
  readonly sigma: number;
  /** Network calls per variant. */
  readonly evaluations: number;
  /** Share of variants that keep their class, where a classifier was asked. */
  readonly retention?: Estimate;
  readonly rms: Estimate;
  readonly ssim: Estimate;
  /** RMS distance among the variants of an image. */
  readonly diversity: Estimate;
  readonly secondsPerVariant: number;
  /** For each image, the share of its variants that keep the class; none where no classifier was asked. */
  readonly kept: readonly number[];
  /** The first variant of each shown image. */
  readonly shown: readonly Float32Array[];
};

/** What is to be swept. */
export type SweepPlan = {
  readonly strengths: readonly number[];
  /** Of each image, at each strength. */
  readonly variants: number;
  readonly way: Way;
  readonly seed: string;
};

export type SweepWork = {
  readonly tuning: SweepPlan;
  readonly signal: AbortSignal;
  /** Strengths that were measured before, which are not measured again. */
  readonly known: readonly SweepPoint[];
  /** Told how many images each call of the network took. */
  readonly onEvaluated: (images: number) => void;
  /** Told of each strength once it is measured. */
  readonly onPoint: (point: SweepPoint) => Promise<void>;
  /** Keeps images as a latent model encodes them, for other sweeps of the same. @defaultValue for this sweep alone */
  readonly encodings?: KeptLatents;
};

/** What was measured. */
export type Swept = {
  readonly points: readonly SweepPoint[];
  /** What the autoencoder of a latent model alone does, without which no strength comes. */
  readonly roundTrip?: SweepPoint;
};

/** Measures the round trip and every strength that is not known, and puts them with the others. */
export const sweep = async (model: Model, data: SweepData, work: SweepWork): Promise<Swept> => {
  const { encodings = keepEncodings() } = work;
  const point = async (strength: number, roundTrip = false): Promise<SweepPoint> => {
    const known = work.known.find((one) => one.strength === strength && (one.roundTrip ?? false) === roundTrip);
    if (known) return known;
    const measured = await measureAt(model, data, { ...work, strength, roundTrip, encodings });
    await work.onPoint(measured);
    return measured;
  };
  const roundTrip = model.isLatent ? { roundTrip: await point(0, true) } : {};
  const points: SweepPoint[] = [];
  for (const strength of work.tuning.strengths) points.push(await point(strength));
  return { points, ...roundTrip };
};

type Measuring = SweepWork & {
  readonly strength: number;
  readonly roundTrip: boolean;
  readonly encodings: KeptLatents;
};

const measureAt = async (
  model: Model,
  data: SweepData,
  { tuning, signal, onEvaluated, strength, roundTrip, encodings }: Measuring,
): Promise<SweepPoint> => {
  const { way, seed } = tuning;
  const [count] = data.images.shape;
  const variants = roundTrip ? 1 : tuning.variants; // nothing is drawn: all would be the same
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
    ...{
      ...way,
      strength,
      seed,
      variants,
      roundTrip,
      encodings,
      places: Array.from({ length: count }, (_, place) => place),
    },
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
  const made = variants * count;
  return {
    ...{ strength, ...(roundTrip ? { roundTrip } : {}), timestep, sigma, evaluations: evaluations / made },
    ...summarise(scores),
    secondsPerVariant: seconds / made,
  };
};
