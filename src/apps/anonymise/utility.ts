import * as tf from '@tensorflow/tfjs-core';
import { rmsDistances, structuralSimilarities } from '../../calibrate/measures.ts';
import { shown } from '../../checks.ts';
import { ArgumentError, isCount, NumericError } from '../../errors.ts';
import type { Classifier } from '../../models/classifier.ts';
import { checkPairs } from './checkPairs.ts';
import type { Vectors } from './embedder.ts';
import { type Frechet, frechetOf } from './frechet.ts';
import { type KeptAttribute, keptAttributes } from './keptAttributes.ts';
import { keptLabels } from './keptLabels.ts';
import { numbered } from './people.ts';
import { type Share, shareOf } from './shares.ts';

/** What copies are still good for. What was not asked for, or could not be measured, is absent. */
export type Utility = {
  readonly images: number;
  /** Root mean square distance of a copy to its original, in units of the range from black to white, on average. */
  readonly distance: number;
  /** Structural similarity of a copy to its original, at most 1, on average. */
  readonly ssim: number;
  /** Copies that the user's classifier takes for the class of their original. */
  readonly labels?: Share;
  /** Copies in which the judge finds somebody, of those in whose original it does. */
  readonly found?: Share;
  /** By name, what the judge tells beside its vectors. */
  readonly attributes: Readonly<Record<string, KeptAttribute>>;
  /** Distance of all copies to all originals, as FID, in the judge's features. */
  readonly frechet?: Frechet;
};

export type UtilityOptions = {
  /** What the judge saw in originals and in copies. */
  readonly before: Vectors;
  readonly after: Vectors;
  readonly classify?: Classifier;
  /** The class of each image, where it is known better than by the classifier. */
  readonly labels?: readonly number[];
  /** Who is seen in each image; intervals are over people. By default each image is somebody else. */
  readonly people?: readonly (string | number)[];
};

/** Images that are compared at a time. */
const BATCH = 32;

/**
 * Measures what copies keep of their originals, with 95 % intervals of shares by the bootstrap over people.
 *
 * @param originals float32 `[N, h, w, c]` in [0, 1]; they and the copies, in the same order, stay the caller's.
 * @throws ArgumentError `bad-copies` for another number or shape of copies or vectors, `bad-embedding`, `no-classifier`, `bad-label`, `bad-classifier`,
 *   `bad-people`, `too-few-people`; NumericError `not-finite`.
 */
export const utilityOf = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  options: UtilityOptions,
): Promise<Utility> => {
  check(originals, copies, options);
  const { before, after } = options;
  const groups = numbered(options.people, before.count);
  const { distance, ssim, labels } = await pixelsOf(originals, copies, options);
  const kept = labels && shareOf({ hits: labels, groups }, ['utility', 'labels']);
  const hits = before.isFound.map((is, n) => (is ? Number(after.isFound[n]) : Number.NaN));
  const found = shareOf({ hits, groups }, ['utility', 'found']);
  const frechet = frechetOf(before, after);
  return {
    images: before.count,
    distance: meanOf(distance, 'distance'),
    ssim: meanOf(ssim, 'similarity'),
    ...(kept ? { labels: kept } : {}),
    ...(found ? { found } : {}),
    attributes: keptAttributes(before, after, groups),
    ...(frechet ? { frechet } : {}),
  };
};

type Pixels = { readonly distance: number[]; readonly ssim: number[]; readonly labels: number[] | undefined };

const pixelsOf = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  { classify, labels }: UtilityOptions,
): Promise<Pixels> => {
  const all: Pixels = { distance: [], ssim: [], labels: classify && [] };
  const cut = (images: tf.Tensor4D, from: number): tf.Tensor4D =>
    tf.slice(images, [from, 0, 0, 0], [Math.min(BATCH, images.shape[0] - from), -1, -1, -1]);
  for (let from = 0; from < originals.shape[0]; from += BATCH) {
    const pair = { originals: cut(originals, from), copies: cut(copies, from) };
    try {
      all.distance.push(...(await valuesOf(rmsDistances(pair.originals, pair.copies))));
      all.ssim.push(...(await valuesOf(structuralSimilarities(pair.originals, pair.copies))));
      if (classify) all.labels?.push(...(await keptLabels(pair, classify, labels?.slice(from, from + BATCH))));
    } finally {
      tf.dispose(pair);
    }
  }
  return all;
};

const valuesOf = async (values: tf.Tensor1D): Promise<Float32Array> => {
  try {
    return await values.data<'float32'>();
  } finally {
    values.dispose();
  }
};

const meanOf = (values: readonly number[], what: string): number => {
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken < 0) return values.reduce((sum, value) => sum + value, 0) / values.length;
  const remedy = 'look for pixels that are no numbers in it and in its original';
  throw new NumericError('not-finite', `the ${what} of copy ${broken} is ${values[broken]}; ${remedy}`);
};

const check = (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  { before, after, labels, classify }: UtilityOptions,
): void => {
  if (`${originals.shape}` !== `${copies.shape}`) {
    const rule = 'there must be a copy of each original, of the same shape';
    throw new ArgumentError('bad-copies', `${rule}; got [${originals.shape}] and [${copies.shape}]`);
  }
  const [count] = originals.shape;
  checkPairs(before, after);
  if (before.count !== count) {
    const rule = `there must be vectors of each of ${count} images`;
    throw new ArgumentError('bad-copies', `${rule}; got ${before.count}`);
  }
  if (labels !== undefined && classify === undefined) {
    throw new ArgumentError('no-classifier', 'labels can be kept in the eyes of a classifier only; give classify too');
  }
  const odd = labels?.find((label) => !isCount(label, 0));
  if (labels === undefined || (labels.length === count && odd === undefined)) return;
  const got = odd === undefined ? `${labels.length} labels` : shown(odd);
  throw new ArgumentError('bad-label', `need the class of each of ${count} images, a whole number; got ${got}`);
};
