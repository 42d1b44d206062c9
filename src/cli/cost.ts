import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../calibrate/variants.ts';
import { EnvironmentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { availableMemory } from '../node/availableMemory.ts';
import { boomerang } from '../returns/boomerang.ts';
import { planAmong } from '../returns/plan.ts';
import type { Way } from './commonOptions.ts';
import { describeSeconds } from './duration.ts';

/** What a command will take, from trying a little of all that it does. */
export type Cost = {
  /** Network calls, image by image. */
  readonly evaluations: number;
  readonly seconds: number;
  /** Of the whole process, at its highest. */
  readonly memoryBytes: number;
};

/** One line for people. */
export const describeCost = ({ evaluations, seconds, memoryBytes }: Cost): string =>
  `estimate: ${describeSeconds(seconds)} and ${(memoryBytes / 1e9).toFixed(1)} GB of memory for ${evaluations} evaluations`;

/**
 * The memory that a process will have taken, if it keeps so many more bytes: what it takes at its highest so far, after
 * everything was tried once in the size that it will have.
 *
 * @throws EnvironmentError `too-little-memory` when the machine has less.
 */
export const memoryFor = (kept: number): number => {
  const bytes = Math.max(process.resourceUsage().maxRSS * 1024, process.memoryUsage.rss() + kept);
  checkMemory(bytes);
  return bytes;
};

/** @throws EnvironmentError `too-little-memory` */
export const checkMemory = (bytes: number): void => {
  const most = availableMemory();
  if (bytes <= most) return;
  const say = (count: number): string => `${(count / 1e9).toFixed(1)} GB`;
  const rule = `this would take about ${say(bytes)} of memory, and there are ${say(most)}`;
  throw new EnvironmentError('too-little-memory', `${rule}; ask for fewer images, variants or strengths`);
};

/** Seconds that some work takes once it has settled: the first time does not count, unless it is long. */
export const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const first = await secondsOnce(work);
  return first > LONG ? first : secondsOnce(work);
};

const LONG = 2;

export const secondsOnce = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

export type TimedReturns = {
  /** Some images in [0, 1]; as many as walk at once are taken. */
  readonly images: tf.Tensor4D;
  readonly way: Way;
  readonly strengths: readonly number[];
  /** Of each image, over all strengths. */
  readonly variants: number;
  /** How many images there are in truth. */
  readonly count: number;
  /** The class to return each of the images to; the null label where absent. */
  readonly labels?: readonly number[] | undefined;
};

/** What it takes to bring images back: real ones are thrown, and some steps are walked with them. */
export const costOfReturns = async (
  model: Model,
  { images, way, strengths, variants, count, labels }: TimedReturns,
): Promise<Omit<Cost, 'memoryBytes'>> => {
  const plans = strengths.map((strength) => planAmong(model, { ...way, strength }));
  const moving = plans.filter((plan) => plan.evaluations > 0);
  const evaluations = plans.reduce((sum, plan) => sum + plan.evaluations, 0) * variants * count;
  const [middle] = moving.slice(Math.floor(moving.length / 2));
  if (middle === undefined || count === 0) return { evaluations, seconds: 0 };
  const some = tf.slice(images, 0, Math.min(BATCH, images.shape[0]));
  try {
    const { strength, legs } = middle;
    const own = labels && { labels: labels.slice(0, some.shape[0]) };
    const once = () => secondsOfReturn(model, some, { ...way, ...own, strength, steps: legs.length });
    const first = await once();
    const seconds = first > LONG ? first : Math.min(first, await once());
    return { evaluations, seconds: (seconds / some.shape[0]) * moving.length * variants * count };
  } finally {
    some.dispose();
  }
};

type OneReturn = Way & {
  readonly strength: number;
  readonly steps: number;
  readonly labels?: readonly number[];
};

/** Of one variant of a batch; a long return is cut off after some steps, which say how long the others will take. */
const secondsOfReturn = async (model: Model, images: tf.Tensor4D, way: OneReturn): Promise<number> => {
  tf.dispose(await model.predictAsync(images, 0, way.labels)); // the first call also prepares the engine
  const enough = new AbortController();
  const start = performance.now();
  const ends: number[] = [];
  const onProgress = (): void => {
    ends.push((performance.now() - start) / 1000);
    if (ends.length >= 2 && (ends.at(-1) as number) > LONG) enough.abort(CUT_OFF);
  };
  try {
    tf.dispose(await boomerang(model, images, { ...way, seed: 'estimate', signal: enough.signal, onProgress }));
    return (performance.now() - start) / 1000;
  } catch (error) {
    if (error !== CUT_OFF) throw error;
    const [first, last] = [ends[0] as number, ends.at(-1) as number];
    return first + ((way.steps - 1) * (last - first)) / (ends.length - 1);
  }
};

const CUT_OFF = new Error('the return was cut off');
