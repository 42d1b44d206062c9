import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import type { ImageSet } from 'tfjs-boomerang';
import { type SeedPath, shuffled } from '../../src/random.ts';

/** An image that is drawn for a batch: as itself, or as an extra draw that an arm may change. */
export type Draw = { readonly place: number; readonly isExtra: boolean };

/** Images in [0, 1], one-hot classes, the names of the images, and the step that they are for. */
export type Batch = {
  readonly xs: tf.Tensor4D;
  readonly ys: tf.Tensor2D;
  readonly keys: string[];
  readonly step: number;
};

export type BatchOptions = {
  readonly places: readonly number[];
  /** Extra draws of each image in a pass. */
  readonly extras: number;
  /** Whether the image at a place has extra draws; all have where absent. */
  readonly hasExtras?: ((place: number) => boolean) | undefined;
  /** Places of other images that extra draws are taken from, in turns, instead. */
  readonly pool?: readonly number[] | undefined;
  /** The share of every label that goes to all classes alike. */
  readonly smoothing: number;
  /** The share of what is left that those of extra draws lose as well. */
  readonly doubt: number;
  readonly seed: number;
  readonly size: number;
  readonly steps: number;
};

/** Batches for all steps of a training: passes over the images in a new order each, one running into the next. */
export const batches = (
  images: ImageSet,
  { size, steps, smoothing, doubt, ...options }: BatchOptions,
): Dataset<Batch> =>
  generator(function* () {
    const stream = draws(options);
    for (let step = 0; step < steps; step += 1) {
      yield batchOf(
        images,
        Array.from({ length: size }, () => stream.next().value as Draw),
        { step, smoothing, doubt },
      );
    }
  } as never) as unknown as Dataset<Batch>;

type DrawOptions = Pick<BatchOptions, 'places' | 'extras' | 'hasExtras' | 'pool' | 'seed'>;

function* draws({ places, extras, hasExtras = () => true, pool, seed }: DrawOptions): Generator<Draw> {
  const pass = places.flatMap((place) =>
    Array.from({ length: 1 + (hasExtras(place) ? extras : 0) }, (_, n) => ({ place, isExtra: n > 0 })),
  );
  const others = pool && endlessly(pool, ['classifier benchmark', 'pool', seed]);
  for (let count = 0; ; count += 1) {
    for (const draw of shuffled(pass, ['classifier benchmark', 'order', seed, count])) {
      yield others && draw.isExtra ? { place: others.next().value as number, isExtra: true } : draw;
    }
  }
}

/** All of them, again and again, each time in another order. */
function* endlessly(places: readonly number[], path: SeedPath): Generator<number> {
  for (let count = 0; ; count += 1) yield* shuffled(places, [...path, count]);
}

/** Every labelled image once as an extra draw, for making variants beforehand. */
export const extraBatches = (images: ImageSet, places: readonly number[], size: number): Dataset<Batch> =>
  generator(function* () {
    for (let start = 0; start < places.length; start += size) {
      const some = places.slice(start, start + size).map((place) => ({ place, isExtra: true }));
      yield batchOf(images, some, { step: 0, smoothing: 0, doubt: 0 });
    }
  } as never) as unknown as Dataset<Batch>;

const EXTRA = '+';

/** Whether a name is that of an extra draw. */
export const isExtra = (key: string | number): boolean => String(key).endsWith(EXTRA);

/** The place of the image that a name belongs to. */
export const placeOf = (key: string | number): number => Number.parseInt(String(key), 10);

const batchOf = (
  images: ImageSet,
  drawn: readonly Draw[],
  { step, smoothing, doubt }: { readonly step: number } & Pick<BatchOptions, 'smoothing' | 'doubt'>,
): Batch => {
  const places = drawn.map(({ place }) => place);
  const keys = drawn.map(({ place, isExtra }) => (isExtra ? `${place}${EXTRA}` : `${place}`));
  const doubts = drawn.map(({ isExtra }) => 1 - (1 - smoothing) * (isExtra ? 1 - doubt : 1));
  return { xs: imagesAt(images, places), ys: labelsAt(images, places, doubts), keys, step };
};

/** Images in [0, 1], owned by the caller. */
export const imagesAt = ({ bytes, imageShape }: ImageSet, places: readonly number[]): tf.Tensor4D => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const pixels = new Float32Array(places.length * size);
  for (const [n, place] of places.entries()) {
    for (let i = 0; i < size; i += 1) pixels[n * size + i] = (bytes[place * size + i] as number) / 255;
  }
  return tf.tensor4d(pixels, [places.length, ...imageShape]);
};

/**
 * One-hot classes, owned by the caller.
 *
 * @param doubts shares of the labels that go to all classes alike, in [0, 1].
 */
export const labelsAt = (
  { labels = [], classes = [] }: ImageSet,
  places: readonly number[],
  doubts: readonly number[] = places.map(() => 0),
): tf.Tensor2D => {
  const rows = places.map((place, n) =>
    classes.map(
      (_, label) => (label === labels[place] ? 1 - (doubts[n] as number) : 0) + (doubts[n] as number) / classes.length,
    ),
  );
  return tf.tensor2d(rows, [places.length, classes.length]);
};
