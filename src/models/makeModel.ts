import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import type { Conditions, LabelSpace, Model, ModelFacts, Numbers, Runner } from './model.ts';

/** A model from what is known of it and what runs its network. It owns the runner. */
export const makeModel = (facts: ModelFacts, runner: Runner): Model => {
  let isDisposed = false;
  const check = (x: tf.Tensor4D): number => {
    if (isDisposed) throw new ArgumentError('model-disposed', 'this model was disposed; load it again');
    return checkImages(x, facts.imageShape);
  };
  const conditions = (count: number, timesteps: Values, labels?: Values): Conditions => ({
    timesteps: numbers(timesteps, count, { what: 'timestep' }),
    ...labelsFor(facts.labels, labels, count),
  });
  return {
    ...facts,
    engine: runner.engine,
    predict(x, timesteps, labels) {
      const count = check(x);
      return runner.run(x, conditions(count, read(timesteps), labels && read(labels)));
    },
    async predictAsync(x, timesteps, labels) {
      const count = check(x);
      const own = tf.keep(tf.clone(x)); // whoever calls may dispose of his own meanwhile
      try {
        const [steps, classes] = await Promise.all([readAsync(timesteps), labels && readAsync(labels)]);
        check(own); // nobody may have disposed of the model
        return await runner.runAsync(own, conditions(count, steps, classes));
      } finally {
        own.dispose();
      }
    },
    dispose() {
      if (!isDisposed) runner.dispose();
      isDisposed = true;
    },
  };
};

/** What stands for {@link Numbers} once tensors are read. */
type Values = number | ArrayLike<number>;

const read = (given: Numbers): Values => (given instanceof tf.Tensor ? given.dataSync() : given);

const readAsync = async (given: Numbers): Promise<Values> => (given instanceof tf.Tensor ? given.data() : given);

const checkImages = (x: unknown, [height, width, channels]: ImageShape): number => {
  const wanted = `x must be a float32 tensor [N, ${height}, ${width}, ${channels}]`;
  if (!(x instanceof tf.Tensor)) throw new ArgumentError('bad-images', `${wanted}, got ${kindOf(x)}`);
  if (x.isDisposed) throw new ArgumentError('bad-images', `${wanted}, got one that was disposed`);
  if (x.dtype !== 'float32') {
    throw new ArgumentError('bad-images', `${wanted}, got one of ${x.dtype}; cast it, and scale it to [-1, 1]`);
  }
  const [count = 0, ...shape] = x.shape;
  const fits = x.rank === 4 && shape[0] === height && shape[1] === width && shape[2] === channels;
  if (fits && count > 0) return count;
  throw new ArgumentError('bad-image-shape', `${wanted} of at least one image, got [${x.shape}]`);
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array; make a tensor of it';
  if (value instanceof Promise) return 'a promise; await it';
  return value === null ? 'null' : typeof value;
};

const labelsFor = (
  space: LabelSpace | undefined,
  given: Values | undefined,
  count: number,
): { readonly labels?: readonly number[] } => {
  if (!space) {
    if (given === undefined) return {};
    throw new ArgumentError('bad-label', 'labels were given, but this model is not conditional; leave them out');
  }
  const labels = given ?? space.nullLabel;
  if (labels !== undefined) return { labels: numbers(labels, count, { what: 'label', most: space.count - 1 }) };
  const remedy = 'give labels, or name its null label in a boomerang.json beside the model: { "nullLabel": 10 }';
  throw new ArgumentError('bad-label', `this model is conditional and its null label is not known; ${remedy}`);
};

type Rule = { readonly what: 'timestep' | 'label'; readonly most?: number };

/** One number for each image. */
const numbers = (given: Values, count: number, { what, most = Number.MAX_VALUE }: Rule): readonly number[] => {
  const isList = typeof given === 'object' && given !== null && typeof given.length === 'number';
  if (typeof given !== 'number' && !isList) {
    throw new ArgumentError(`bad-${what}`, `need one ${what}, or one for each image, got ${kindOf(given)}`);
  }
  const list = typeof given === 'number' ? new Array<number>(count).fill(given) : Array.from(given);
  if (list.length !== count) {
    throw new ArgumentError(`bad-${what}`, `need one ${what} for each of ${count} images, got ${list.length}`);
  }
  const isNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= most;
  const at = list.findIndex((value) => !isNumber(value) || (what === 'label' && !Number.isInteger(value)));
  if (at < 0) return list;
  const range = most < Number.MAX_VALUE ? `from 0 to ${most}` : 'of at least 0';
  const rule = what === 'label' ? `a whole number ${range}` : `a finite number ${range}`;
  throw new ArgumentError(`bad-${what}`, `a ${what} must be ${rule}, got ${String(list[at])}`);
};
