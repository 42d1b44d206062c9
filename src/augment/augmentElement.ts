import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../random.ts';
import { fromModelRange, imageRange } from '../tensors/range.ts';
import type { AugmentSetup } from './augmentOptions.ts';
import { type Batch, checkImageShape, pickImages, readBatch } from './batch.ts';
import { type Element, findImages } from './elements.ts';
import { type Asking, fly, readTensor } from './flight.ts';
import type { Ledger } from './ledger.ts';

/** An element and the epoch that it is for. */
export type Turn = {
  readonly element: Element;
  readonly epoch: number;
  /** Whether to notice images that come twice in the epoch. */
  readonly watched: boolean;
};

/**
 * An element with the chosen ones of its images thrown and returned. Images that are not chosen keep their very
 * numbers; an element of which none is chosen comes back as the same object.
 */
export function* augmentElement(setup: AugmentSetup, ledger: Ledger, turn: Turn): Asking<Element> {
  const { options, reuse, branch, cache } = setup;
  const { model, seed, signal } = options;
  const { images, replace } = findImages(turn.element, options.image ?? 'xs');
  checkImageShape(images, model);
  signal?.throwIfAborted();
  const range = imageRange(images.dtype, options.range);
  const count = images.rank === 4 ? images.shape[0] : 1;
  const keys = options.keys && [options.keys(turn.element)].flat();
  const batch = readBatch(yield* readTensor(images), { count, range, keys });
  if (turn.watched) ledger.watch(batch.keys, turn.epoch);

  const throwEpoch = turn.epoch - (turn.epoch % reuse); // epochs that share a throw share its strength
  const plan = setup.planAt(throwEpoch);
  const chosen = plan.evaluations === 0 ? [] : choose(setup, batch, turn.epoch);
  ledger.add({ images: count, changed: chosen.length });
  if (chosen.length === 0) return turn.element;
  const branchStep = Math.round(branch * plan.legs.length);
  const address = { seed, epoch: turn.epoch, variant: 0, throwEpoch, branchStep };
  const { variants, evaluations } = yield* fly({
    model,
    plan,
    batch: pickImages(batch, chosen),
    address,
    cache,
    signal,
  });
  ledger.add({ evaluations, evaluationsSaved: chosen.length * plan.evaluations - evaluations });
  try {
    const changed = fromModelRange(variants, range, images.dtype);
    return replace(insert(images, changed, chosen));
  } finally {
    variants.dispose();
  }
}

/** The images whose turn it is: each decides by its own name and the epoch. */
const choose = ({ options, probability }: AugmentSetup, { keys }: Batch, epoch: number): number[] =>
  keys.flatMap((key, n) => (uniform([options.seed, key, 'chosen', epoch]) < probability ? [n] : []));

/** `images` with those at `places` taken from `changed`, which is disposed. */
const insert = (images: tf.Tensor3D | tf.Tensor4D, changed: tf.Tensor4D, places: readonly number[]): tf.Tensor => {
  const result = tf.tidy(() => {
    if (places.length === changed.shape[0] && images.rank === 3) return tf.reshape(changed, images.shape);
    if (places.length === images.shape[0]) return tf.clone(changed);
    const order = Array.from({ length: images.shape[0] }, (_, n) => n);
    places.forEach((place, n) => {
      order[place] = images.shape[0] + n;
    });
    return tf.gather(tf.concat([images as tf.Tensor4D, changed], 0), tf.tensor1d(order, 'int32'));
  });
  changed.dispose();
  return result;
};
