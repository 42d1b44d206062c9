import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { checkTensor } from './checkTensor.ts';
import { conditionsFor, partsOf, read, readAsync, readCondition, readConditionAsync } from './conditions.ts';
import type { Coder, Model, ModelFacts, Runner, TextSpace } from './model.ts';

/** What a model has beside its network. */
export type ModelParts = {
  /** For a model that walks in latents. @defaultValue images walk as they are */
  readonly coder?: Coder;
  /** For a model with prompts. */
  readonly text?: TextSpace;
};

/** A model from what is known of it and what runs its networks. It owns them. */
export const makeModel = (facts: ModelFacts, runner: Runner, { coder = PIXELS, text }: ModelParts = {}): Model => {
  const { imageShape, latentShape = imageShape } = facts;
  const space = { ...facts, text };
  let isDisposed = false;
  const check = (x: unknown, shape: ImageShape, name: string): number => {
    if (isDisposed) throw new ArgumentError('model-disposed', 'this model was disposed; load it again');
    return checkMaps(x, shape, name);
  };
  const later = async <X, T>(x: X, work: (own: X) => Promise<T>): Promise<T> => {
    if (!(x instanceof tf.Tensor) || x.isDisposed) return work(x); // which is said where it is looked at
    const own = tf.keep(tf.clone(x)); // whoever calls may dispose of his own meanwhile
    try {
      return await work(own);
    } finally {
      own.dispose();
    }
  };
  const coding = (name: string, shape: ImageShape, now: Coder['encode'], soon: Coder['encodeAsync']) => ({
    now: (x: tf.Tensor4D): tf.Tensor4D => {
      check(x, shape, name);
      return now(x);
    },
    soon: async (x: tf.Tensor4D): Promise<tf.Tensor4D> => {
      check(x, shape, name);
      return later(x, soon);
    },
  });
  const encoding = coding('images', imageShape, coder.encode, coder.encodeAsync);
  const decoding = coding('latents', latentShape, coder.decode, coder.decodeAsync);
  return {
    ...facts,
    latentShape,
    isLatent: coder !== PIXELS,
    engine: runner.engine,
    get device() {
      return runner.device;
    },
    ...(text ? { text } : {}),
    predict(x, timesteps, condition) {
      const count = check(x, latentShape, 'x');
      return runner.run(x, conditionsFor(space, read(timesteps), { ...readCondition(condition), count }));
    },
    async predictAsync(x, timesteps, condition) {
      const count = check(x, latentShape, 'x');
      const run = async (own: tf.Tensor4D, embeddings: tf.Tensor3D | undefined): Promise<tf.Tensor4D> => {
        const [steps, given] = await Promise.all([readAsync(timesteps), readConditionAsync(condition)]);
        check(own, latentShape, 'x'); // nobody may have disposed of the model
        return runner.runAsync(own, conditionsFor(space, steps, { ...given, embeddings, count }));
      };
      return later(x, (own) => later(partsOf(condition).embeddings, (embeddings) => run(own, embeddings)));
    },
    encode: encoding.now,
    encodeAsync: encoding.soon,
    decode: decoding.now,
    decodeAsync: decoding.soon,
    dispose() {
      if (!isDisposed) {
        runner.dispose();
        coder.dispose();
        text?.release();
      }
      isDisposed = true;
    },
  };
};

/** Images that walk as they are. */
const PIXELS: Coder = {
  encode: (images) => tf.clone(images),
  encodeAsync: async (images) => tf.clone(images),
  decode: (latents) => tf.clone(latents),
  decodeAsync: async (latents) => tf.clone(latents),
  dispose() {},
};

const checkMaps = (x: unknown, [height, width, channels]: ImageShape, name: string): number => {
  const wanted = `${name} must be a float32 tensor [N, ${height}, ${width}, ${channels}]`;
  const { rank, shape: given } = checkTensor(x, wanted);
  const [count = 0, ...shape] = given;
  const fits = rank === 4 && shape[0] === height && shape[1] === width && shape[2] === channels;
  if (fits && count > 0) return count;
  throw new ArgumentError('bad-image-shape', `${wanted} of at least one image, got [${given}]`);
};
