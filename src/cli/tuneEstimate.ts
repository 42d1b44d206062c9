import * as tf from '@tensorflow/tfjs-core';
import { planReturn } from '../returns/plan.ts';
import type { Model } from '../models/model.ts';
import type { LabelledImages } from '../node/data/labelledImages.ts';
import { pixelsAt } from '../node/data/pixels.ts';
import { batchesOf, trainClassifier } from '../node/trainClassifier.ts';
import type { Bench } from './tuneBench.ts';
import { needsTraining } from './tuneClassifier.ts';

/** How long a run will take, from a few calls of the network and a few batches of training. */
export type TuneEstimate = {
  /** At most: images that the classifier gets wrong are left out. */
  readonly variants: number;
  readonly sweepSeconds: number;
  /** 0 where the classifier is there already. */
  readonly trainingSeconds: number;
};

const IMAGES_TIMED = 25;
const BATCHES_TIMED = 8;

export const estimateTuning = async ({ model, data, split, tuning, classifier }: Bench): Promise<TuneEstimate> => {
  const { strengths, images, variants, way } = tuning;
  const calls = strengths.map((strength) => planReturn(model, { ...way, strength }).evaluations);
  const some = split.validation.slice(0, Math.min(images, IMAGES_TIMED));
  const perCall = await secondsPerCall(model, pixelsAt(data, some), some.length);
  return {
    variants: strengths.length * images * variants,
    sweepSeconds: perCall * images * variants * calls.reduce((sum, count) => sum + count, 0),
    trainingSeconds: needsTraining(classifier) ? await trainingSeconds(data, split.training) : 0,
  };
};

const secondsPerCall = async ({ imageShape, predictAsync }: Model, pixels: Float32Array, count: number) => {
  const x = tf.tensor4d(pixels, [count, ...imageShape]);
  const call = async (): Promise<void> => {
    tf.dispose(await predictAsync(x, 100));
  };
  try {
    await call(); // the first one also prepares the engine
    return (await secondsOf(call)) / count;
  } finally {
    x.dispose();
  }
};

const trainingSeconds = async (data: LabelledImages, places: readonly number[]): Promise<number> => {
  const train = async (): Promise<void> => {
    (await trainClassifier(data, { places, mostBatches: BATCHES_TIMED })).dispose();
  };
  await train();
  return ((await secondsOf(train)) / BATCHES_TIMED) * batchesOf(places.length);
};

const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** One line for people. */
export const describeEstimate = ({ variants, sweepSeconds, trainingSeconds }: TuneEstimate): string => {
  const training = trainingSeconds > 0 ? `, after ${duration(trainingSeconds)} to train a classifier` : '';
  return `estimate: ${duration(sweepSeconds)} for at most ${variants} variants${training}`;
};

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
