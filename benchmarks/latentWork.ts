import * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment, type Model, memoryCache } from '../src/index.ts';
import { imageNoise } from '../src/tensors/noise.ts';

/** What a piece of work took. */
export type Took = {
  readonly seconds: number;
  /** Seconds of the processor, all threads together. */
  readonly processor: number;
  /** The share that was neither a call of the network nor decoding, for variants. */
  readonly rest?: number;
};

/** Pieces of work with a model of latents, by name, each as often as one likes. */
export type Work = Readonly<Record<string, () => Promise<Took>>>;

const STEPS = 4;
const STRENGTH = 0.3;

/** What is measured of a model of latents; those that need prompts only where it takes some. */
export const latentWork = (model: Model): Work => ({
  ...networkWork(model),
  ...(model.text ? promptWork(model.text) : {}),
  ...variantWork(model),
});

/** Runs some work on its tensors, and waits for the values of what it makes. */
const timed = async (given: readonly tf.Tensor[], work: () => Promise<tf.Tensor>): Promise<Took> => {
  const stop = startClock();
  const made = await work();
  await made.data();
  const took = stop();
  tf.dispose([...given, made]);
  return took;
};

/** A clock that says how long ago it was started. */
export const startClock = (): (() => Took) => {
  const [start, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
  };
};

const images = (model: Model, name: string | number): tf.Tensor4D =>
  tf.tidy(() => tf.tanh(imageNoise([['image', name]], model.imageShape)));

const latents = ({ latentShape }: Model, count = 1): tf.Tensor4D =>
  imageNoise(
    Array.from({ length: count }, (_, n) => ['latents', n]),
    latentShape,
  );

const networkWork = (model: Model): Work => ({
  encode() {
    const x = images(model, 'to encode');
    return timed([x], () => model.encodeAsync(x));
  },
  step: () => step(model, 1),
  ...(model.text ? { 'guided step': () => step(model, 2) } : {}),
  decode() {
    const x = latents(model);
    return timed([x], () => model.decodeAsync(x));
  },
});

/** One call of the network; a guided one asks for both of its answers at once. */
const step = (model: Model, count: number): Promise<Took> => {
  const x = latents(model, count);
  if (!model.text) return timed([x], () => model.predictAsync(x, 300));
  const embeddings = tf.zeros<tf.Rank.R3>([count, model.text.tokens, model.text.width]);
  return timed([x, embeddings], () => model.predictAsync(x, 300, { embeddings }));
};

const promptWork = (text: NonNullable<Model['text']>): Work => {
  let count = 0;
  return {
    async text() {
      count += 1; // what is known already is not computed again
      const stop = startClock();
      await text.embedAsync([`a photograph of face ${count}`]);
      return stop();
    },
  };
};

/** Variants as `dataset.mapAsync(augment.async)` makes them, one image at a time. */
const variantWork = (model: Model): Work => {
  let spent = 0;
  const watch =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const start = performance.now();
      try {
        return await call(...args);
      } finally {
        spent += (performance.now() - start) / 1000;
      }
    };
  const watched = { ...model, predictAsync: watch(model.predictAsync), decodeAsync: watch(model.decodeAsync) };
  const manner = { strength: STRENGTH, steps: STEPS, solver: 'ddim', seed: 'benchmark' } as const;
  const prompt = model.text ? { prompt: 'a photograph' } : {};
  const augment = boomerangAugment({ model: watched, ...manner, ...prompt, cache: memoryCache() });
  let [epoch, image] = [0, 0];
  const variant = async (): Promise<Took> => {
    const x = tf.tidy(() => tf.sigmoid(images(model, image)));
    augment.setEpoch(epoch);
    spent = 0;
    const took = await timed([x], () => augment.async(x));
    return { ...took, rest: 1 - spent / took.seconds };
  };
  return {
    'next image': () => {
      image += 1;
      return variant();
    },
    'next variant': () => {
      epoch += 1;
      return variant();
    },
  };
};
