import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../calibrate/variants.ts';
import type { Model } from '../models/model.ts';
import type { Way } from '../node/tuning/way.ts';
import { boomerangKeeping } from '../returns/boomerang.ts';
import { type KeptLatents, keepEncodings } from '../returns/keptLatents.ts';
import { planAmong } from '../returns/plan.ts';
import { type Cost, LONG, secondsOf, secondsOnce } from './cost.ts';

export type TimedReturns = {
  /** Some images in [0, 1], of the model's size; as many as walk at once are taken. */
  readonly images: tf.Tensor4D;
  readonly way: Way;
  readonly strengths: readonly number[];
  /** Of each image, over all strengths. */
  readonly variants: number;
  /** How many images there are in truth. */
  readonly count: number;
  /** The class to return each of the images to; the null label where absent. */
  readonly labels?: readonly number[] | undefined;
  /** Whether each image also goes through the autoencoder of a latent model alone. @defaultValue false */
  readonly roundTrip?: boolean;
};

/**
 * What it takes to bring images back: real ones are encoded and thrown, some steps are walked with them, and they are
 * decoded. Where even one image takes long, it speaks for all.
 */
export const costOfReturns = async (
  model: Model,
  { images, way, strengths, variants, count, labels, roundTrip = false }: TimedReturns,
): Promise<Omit<Cost, 'memoryBytes'>> => {
  const plans = strengths.map((strength) => planAmong(model, { ...way, strength }));
  const moving = plans.filter((plan) => plan.evaluations > 0);
  const evaluations = plans.reduce((sum, plan) => sum + plan.evaluations, 0) * variants * count;
  const [middle] = moving.slice(Math.floor(moving.length / 2));
  const hasRoundTrip = roundTrip && model.isLatent;
  if ((middle === undefined && !hasRoundTrip) || count === 0) return { evaluations, seconds: 0 };
  const { strength, legs } = middle ?? { strength: 0, legs: [] };
  const own = { ...way, strength, ...(labels ? { labels } : {}), steps: Math.max(1, legs.length) };
  const encodings = keepEncodings();
  const some = await telling(images, (one) => walkOnce(model, one, { ...own, encodings }));
  try {
    const { encoding, decoding } = await costOfCoding(model, some);
    const returning = middle ? await secondsOfReturn(model, some, { ...own, encodings, decoding }) : 0;
    const perImage = encoding + (hasRoundTrip ? decoding : 0) + returning * moving.length * variants;
    return { evaluations, seconds: (perImage / some.shape[0]) * count };
  } finally {
    some.dispose();
  }
};

/** Seconds of one step of one image from which on no more images are tried. */
const SLOW = 5;

/** As many images as walk at once, or one alone, if that takes long. A new tensor. */
const telling = async (images: tf.Tensor4D, tried: (one: tf.Tensor4D) => Promise<void>): Promise<tf.Tensor4D> => {
  const most = Math.min(BATCH, images.shape[0]);
  const one = tf.slice(images, 0, 1);
  try {
    const isSlow = (await secondsOnce(() => tried(one))) > SLOW;
    return isSlow ? tf.clone(one) : tf.slice(images, 0, most);
  } finally {
    one.dispose();
  }
};

type OneReturn = Way & {
  readonly strength: number;
  readonly steps: number;
  /** At least one for each image. */
  readonly labels?: readonly number[];
  readonly encodings: KeptLatents;
};

/** All that happens to images on their way, with a single step; it also prepares the engine, in the size of the batch. */
const walkOnce = async (model: Model, images: tf.Tensor4D, way: OneReturn): Promise<void> => {
  const once = { ...labelled(way, images), seed: 'estimate', steps: 1, roundTrip: model.isLatent };
  tf.dispose(await boomerangKeeping(model, images, once));
};

const labelled = ({ labels, ...way }: OneReturn, { shape: [count] }: tf.Tensor4D): OneReturn => ({
  ...way,
  ...(labels ? { labels: labels.slice(0, count) } : {}),
});

/** Seconds that all of some images take to and from where the walk is; none where they walk as they are. */
const costOfCoding = async (model: Model, images: tf.Tensor4D): Promise<{ encoding: number; decoding: number }> => {
  if (!model.isLatent) return { encoding: 0, decoding: 0 };
  const x = tf.tidy(() => tf.sub(tf.mul(images, 2), 1)) as tf.Tensor4D;
  let latents: tf.Tensor4D | undefined;
  try {
    const encoding = await secondsOf(async () => {
      latents?.dispose();
      latents = await model.encodeAsync(x);
    });
    const decoding = await secondsOf(async () => tf.dispose(await model.decodeAsync(latents as tf.Tensor4D)));
    return { encoding, decoding };
  } finally {
    tf.dispose([x, ...(latents ? [latents] : [])]);
  }
};

type DecodedReturn = OneReturn & { readonly decoding: number };

/** Of one variant of all images, which were encoded before: once more unless it is long. */
const secondsOfReturn = async (model: Model, images: tf.Tensor4D, way: DecodedReturn): Promise<number> => {
  const { decoding, ...own } = way;
  if (images.shape[0] > 1) await walkOnce(model, images, own); // one alone was tried before
  const once = async (): Promise<number> => {
    const enough = new AbortController();
    const start = performance.now();
    const ends: number[] = [];
    const onProgress = (): void => {
      ends.push((performance.now() - start) / 1000);
      if (ends.length >= 2 && (ends.at(-1) as number) > LONG) enough.abort(CUT_OFF);
    };
    const watched = { seed: 'estimate', signal: enough.signal, onProgress };
    try {
      tf.dispose(await boomerangKeeping(model, images, { ...labelled(own, images), ...watched }));
      return (performance.now() - start) / 1000;
    } catch (error) {
      if (error !== CUT_OFF) throw error;
      const [first, last] = [ends[0] as number, ends.at(-1) as number];
      return first + ((way.steps - 1) * (last - first)) / (ends.length - 1) + decoding;
    }
  };
  const first = await once();
  return first > LONG ? first : Math.min(first, await once());
};

const CUT_OFF = new Error('the return was cut off');
