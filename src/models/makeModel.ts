import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import type { LabelSpace, Model, ModelFacts, Numbers, Runner } from './model.ts';

/** A model from what is known of it and what runs its network. It owns the runner. */
export const makeModel = (facts: ModelFacts, runner: Runner): Model => {
  const conditions = (x: tf.Tensor4D, timesteps: Numbers, labels?: Numbers): Parameters<Runner['run']>[1] => {
    const count = checkImages(x, facts.imageShape);
    return { timesteps: numbers(timesteps, count, { what: 'timestep' }), ...labelsFor(facts.labels, labels, count) };
  };
  return {
    ...facts,
    engine: runner.engine,
    predict: (x, timesteps, labels) => runner.run(x, conditions(x, timesteps, labels)),
    predictAsync: async (x, timesteps, labels) => runner.runAsync(x, conditions(x, timesteps, labels)),
    dispose: () => runner.dispose(),
  };
};

const checkImages = (x: tf.Tensor4D, [height, width, channels]: ImageShape): number => {
  const [count, ...shape] = x.shape;
  if (x.rank === 4 && shape[0] === height && shape[1] === width && shape[2] === channels) return count;
  throw new ArgumentError('bad-image-shape', `x must be [N, ${height}, ${width}, ${channels}], got [${x.shape}]`);
};

const labelsFor = (
  space: LabelSpace | undefined,
  given: Numbers | undefined,
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
const numbers = (given: Numbers, count: number, { what, most = Number.POSITIVE_INFINITY }: Rule): readonly number[] => {
  const listed = given instanceof tf.Tensor ? given.dataSync() : given;
  const list = typeof listed === 'number' ? new Array<number>(count).fill(listed) : Array.from(listed);
  if (list.length !== count) {
    throw new ArgumentError(`bad-${what}`, `need one ${what} for each of ${count} images, got ${list.length}`);
  }
  const bad = list.find((value) => !(value >= 0 && value <= most && (what === 'timestep' || Number.isInteger(value))));
  if (bad === undefined) return list;
  const rule = what === 'label' ? `a whole number from 0 to ${most}` : 'a number of at least 0';
  throw new ArgumentError(`bad-${what}`, `a ${what} must be ${rule}, got ${bad}`);
};
