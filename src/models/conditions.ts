import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Condition, Conditions, LabelSpace, ModelFacts, Numbers, TextSpace } from './model.ts';

/** What stands for {@link Numbers} once tensors are read. */
export type Values = number | ArrayLike<number>;

/** A condition whose numbers were read. */
export type ReadCondition = {
  readonly labels?: Values | undefined;
  readonly guidance?: Values | undefined;
  readonly embeddings?: tf.Tensor3D | undefined;
};

export const read = (given: Numbers): Values => (given instanceof tf.Tensor ? given.dataSync() : given);

export const readAsync = async (given: Numbers): Promise<Values> => (given instanceof tf.Tensor ? given.data() : given);

/** The parts of a condition; classes alone are its plainest form. */
export const partsOf = (condition: Condition | undefined): Exclude<Condition, Numbers> => {
  if (condition === undefined) return {};
  const isPlain = typeof condition === 'number' || condition instanceof tf.Tensor || 'length' in Object(condition);
  return isPlain || condition === null ? { labels: condition as Numbers } : (condition as Exclude<Condition, Numbers>);
};

export const readCondition = (condition: Condition | undefined): ReadCondition => {
  const { labels, guidance, embeddings } = partsOf(condition);
  return {
    labels: labels === undefined ? undefined : read(labels),
    guidance: guidance === undefined ? undefined : read(guidance),
    embeddings,
  };
};

export const readConditionAsync = async (condition: Condition | undefined): Promise<ReadCondition> => {
  const { labels, guidance, embeddings } = partsOf(condition);
  return {
    labels: labels === undefined ? undefined : await readAsync(labels),
    guidance: guidance === undefined ? undefined : await readAsync(guidance),
    embeddings,
  };
};

/** What a model takes beside images. */
export type Space = Pick<ModelFacts, 'labels' | 'takesGuidance'> & { readonly text?: TextSpace | undefined };

/**
 * One timestep and one of each condition for each image.
 *
 * @param timesteps read before.
 * @throws ArgumentError `bad-timestep`, `bad-label`, `bad-embeddings`, `bad-guidance`.
 */
export const conditionsFor = (
  space: Space,
  timesteps: Values,
  { labels, guidance, embeddings, count }: ReadCondition & { readonly count: number },
): Conditions => ({
  timesteps: numbers(timesteps, count, { what: 'timestep' }),
  ...labelsFor(space.labels, labels, count),
  ...embeddingsFor(space.text, embeddings, count),
  ...guidanceFor(space, guidance, count),
});

const labelsFor = (
  space: LabelSpace | undefined,
  given: Values | undefined,
  count: number,
): Pick<Conditions, 'labels'> => {
  if (!space) {
    if (given === undefined) return {};
    throw new ArgumentError('bad-label', 'labels were given, but this model is not conditional; leave them out');
  }
  const labels = given ?? space.nullLabel;
  if (labels !== undefined) return { labels: numbers(labels, count, { what: 'label', most: space.count - 1 }) };
  const remedy = 'give labels, or name its null label in a boomerang.json beside the model: { "nullLabel": 10 }';
  throw new ArgumentError('bad-label', `this model is conditional and its null label is not known; ${remedy}`);
};

const embeddingsFor = (
  text: TextSpace | undefined,
  given: tf.Tensor3D | undefined,
  count: number,
): Pick<Conditions, 'embeddings'> => {
  if (!text) {
    if (given === undefined) return {};
    throw new ArgumentError('bad-embeddings', 'embeddings were given, but this model takes no text; leave them out');
  }
  const wanted = `{ embeddings }, a float32 tensor [${count}, ${text.tokens}, ${text.width}] of prompts`;
  if (!(given instanceof tf.Tensor) || given.isDisposed) {
    const remedy = "say model.text.embed([prompt]), or use boomerang(…, { prompt: 'a photo' })";
    throw new ArgumentError('bad-embeddings', `this model needs ${wanted}; ${remedy}`);
  }
  if (given.dtype !== 'float32') {
    throw new ArgumentError('bad-embeddings', `this model needs ${wanted}, got one of ${given.dtype}`);
  }
  const [rows = 0, tokens, width] = given.shape;
  const fits = given.rank === 3 && rows === count && tokens === text.tokens && width === text.width;
  if (fits) return { embeddings: given };
  throw new ArgumentError('bad-embeddings', `this model needs ${wanted}, got [${given.shape}]`);
};

const guidanceFor = ({ takesGuidance = false }: Space, given: Values | undefined, count: number) => {
  if (takesGuidance) return { guidance: numbers(given ?? DISTILLED_GUIDANCE, count, { what: 'guidance' }) };
  if (given === undefined) return {};
  const remedy = 'say { guidance } to boomerang, which asks the network twice';
  throw new ArgumentError('bad-guidance', `this network does not take guidance as a number; ${remedy}`);
};

/** For which latent consistency models are asked, unless somebody says otherwise. */
export const DISTILLED_GUIDANCE = 8.5;

type Rule = { readonly what: 'timestep' | 'label' | 'guidance'; readonly most?: number };

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

export const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array; make a tensor of it';
  if (value instanceof Promise) return 'a promise; await it';
  return value === null ? 'null' : typeof value;
};
