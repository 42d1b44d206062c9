import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { checkPairs } from './checkPairs.ts';
import { type Embedder, embedAll, type Vectors } from './embedder.ts';
import { numbered } from './people.ts';

export type Judging = {
  /** What judges: not what strength was chosen by. */
  readonly embed: Embedder;
  /** Who is seen in each original. By default each is somebody else. */
  readonly people?: readonly (string | number)[];
  /** Of each copy the number of its original, where not every original has one. By default copies are in their order. */
  readonly places?: readonly number[];
  /** What the judge saw in originals and in copies, where it looked at them already. */
  readonly before?: Vectors;
  readonly after?: Vectors;
};

/** What a judge sees, and who is who. */
export type Judged = {
  readonly before: Vectors;
  readonly after: Vectors;
  /** Of each original the number of its person. */
  readonly people: readonly number[];
  /** Of each copy the number of its original. */
  readonly places: readonly number[];
};

/**
 * Has a judge look at what it did not see yet.
 *
 * @throws ArgumentError `bad-embedder`, `bad-embedding`, `bad-people`, `too-few-people`, `bad-places`, `bad-copies` also
 *   for images of another size, or vectors of others.
 */
export const judgePairs = async (originals: tf.Tensor4D, copies: tf.Tensor4D, options: Judging): Promise<Judged> => {
  const [[many, ...size], [few, ...other]] = [originals.shape, copies.shape];
  const { embed, before = await embedAll(originals, embed, 'originals') } = options;
  const { after = await embedAll(copies, embed, 'copies') } = options;
  if (before.count !== many || after.count !== few || `${size}` !== `${other}`) {
    const rule = 'originals and copies must be of one size, and as many as what was seen in them';
    const got = `[${originals.shape}] and [${copies.shape}], and ${before.count} and ${after.count} vectors`;
    throw new ArgumentError('bad-copies', `${rule}; got ${got}`);
  }
  checkPairs(before, after, options.places);
  const people = numbered(options.people, before.count);
  return { before, after, people, places: options.places ?? [...people.keys()] };
};
