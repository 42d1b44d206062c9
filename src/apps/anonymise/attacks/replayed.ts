import * as tf from '@tensorflow/tfjs-core';
import { rmsDistances } from '../../../calibrate/measures.ts';
import { NumericError } from '../../../errors.ts';
import { shuffled } from '../../../random.ts';
import type { Recognised } from '../identity.ts';
import { copiesOf } from '../madeBy.ts';
import type { Method } from '../method.ts';
import { shareOf } from '../shares.ts';

/** How much is tried. */
export type Replays = {
  /** Copies that are looked at. @defaultValue 10 */
  readonly copies?: number;
  /** Originals that each might have been made from; its own is among them. @defaultValue 10 */
  readonly candidates?: number;
};

/** What somebody finds who has the originals and the method, and runs it again. */
export type Replayed = {
  /** With the seed too. */
  readonly withSeed: Recognised;
  /** With another seed: what the pixels alone give away. */
  readonly without: Recognised;
  readonly candidates: number;
};

export type ReplayOptions = {
  readonly method: Method;
  /** Of each copy the number of its original. */
  readonly places: readonly number[];
  /** Of each original the number of its person. */
  readonly people: readonly number[];
  readonly replays?: Replays;
};

/** Draws of a method: the one that is handed on, and one that no other attack takes. */
const [HANDED_ON, ANOTHER] = [0, 3];

/**
 * Makes copies of candidates again, as if each had stood at the place of a copy, and takes the one whose copy is nearest
 * in its pixels.
 *
 * @param originals float32 `[N, h, w, c]` in [0, 1]; they and the copies stay the caller's.
 */
export const replay = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  { method, places, people, replays = {} }: ReplayOptions,
): Promise<Replayed> => {
  const candidates = Math.min(replays.candidates ?? 10, originals.shape[0]);
  const rows = shuffled(places.keys(), ['replay']).slice(0, replays.copies ?? 10);
  const search = async (draw: number): Promise<Recognised> => {
    const hits: number[] = [];
    for (const row of rows) {
      const place = places[row] as number;
      const others = shuffled(people.keys(), ['replay', place]).filter((other) => other !== place);
      const suspects = [place, ...others.slice(0, candidates - 1)];
      const copy = tf.slice(copies, [row, 0, 0, 0], [1, -1, -1, -1]);
      hits.push(await isFirst({ originals, copy, suspects, method, draw }).finally(() => copy.dispose()));
    }
    const groups = rows.map((row) => people[places[row] as number] as number);
    const share = shareOf({ hits, groups }, ['attacks', 'replayed', draw]);
    return { ...(share as NonNullable<typeof share>), chance: 1 / candidates };
  };
  return { withSeed: await search(HANDED_ON), without: await search(ANOTHER), candidates };
};

type Suspicion = {
  readonly originals: tf.Tensor4D;
  readonly copy: tf.Tensor4D;
  /** Numbers of originals, of which the first is the copy's own. */
  readonly suspects: readonly number[];
  readonly method: Method;
  readonly draw: number;
};

/** 1 where the first of the suspects comes nearest, or none comes nearer; else 0. */
const isFirst = async ({ originals, copy, suspects, method, draw }: Suspicion): Promise<number> => {
  const images = tf.tidy(() => tf.gather(originals, tf.tensor1d([...suspects], 'int32')));
  const places = suspects.map(() => suspects[0] as number);
  const made = await copiesOf(method, images, { places, draw }).finally(() => images.dispose());
  const distances = tf.tidy(() => rmsDistances(made, tf.broadcastTo(copy, made.shape)));
  const values = await distances.data<'float32'>().finally(() => tf.dispose([made, distances]));
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return Number(values.every((value) => value >= (values[0] as number)));
  throw new NumericError('not-finite', `what the method made of original ${suspects[odd]} is not finite`);
};
