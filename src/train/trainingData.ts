import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../errors.ts';
import { shuffled } from '../random.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { type ImageRange, imageRange, toModelRange } from '../tensors/range.ts';

/** Images that can be read in any order, so that a run can be stopped and go on with the very next batch. */
export type TrainingData = {
  readonly count: number;
  readonly imageShape: ImageShape;
  /** Pixels in [-1, 1] of an image. */
  pixels(index: number): Float32Array;
  /** What stands for an image that is mirrored, where that is not its pixels mirrored: latents. */
  mirrored?(index: number): Float32Array;
  /** Classes by image, if they are known. */
  readonly labels?: readonly number[];
};

/**
 * Reads a data set of images, or of `{ xs, ys }` with classes (numbers or one-hot), batched or not, into memory.
 *
 * @throws ArgumentError `no-images`, `bad-image-shape` for images of different sizes, `out-of-range`.
 */
export const collectImages = async (
  dataset: Dataset<tf.TensorContainer>,
  asked?: ImageRange,
): Promise<TrainingData> => {
  const images: Float32Array[] = [];
  const labels: number[] = [];
  let shape: readonly number[] | undefined;
  const collect = async (element: tf.TensorContainer): Promise<number> => {
    const { xs, ys } = partsOf(element);
    const own = xs.shape.slice(-3);
    shape ??= own;
    if (xs.rank < 3 || own.some((size, axis) => size !== shape?.[axis])) {
      throw new ArgumentError('bad-image-shape', `images must all be [${shape}], got [${own}]; resize them first`);
    }
    const values = toModelRange(await xs.data<'float32' | 'int32'>(), imageRange(xs.dtype, asked));
    const size = tf.util.sizeFromShape([...own]);
    for (let at = 0; at < values.length; at += size) images.push(values.slice(at, at + size));
    if (ys) labels.push(...classesOf(await ys.data(), values.length / size));
    return 0;
  };
  await dataset.mapAsync(collect).forEachAsync(() => {});
  if (shape === undefined)
    throw new ArgumentError('no-images', 'the data set is empty; there is nothing to learn from');
  return {
    count: images.length,
    imageShape: shape as unknown as ImageShape,
    pixels: (index) => images[index] as Float32Array,
    ...(labels.length === images.length ? { labels } : {}),
  };
};

const partsOf = (element: tf.TensorContainer): { xs: tf.Tensor; ys: tf.Tensor | undefined } => {
  if (element instanceof tf.Tensor) return { xs: element, ys: undefined };
  const { xs, ys } = (
    Array.isArray(element) ? { xs: element[0], ys: element[1] } : element
  ) as tf.TensorContainerObject;
  if (xs instanceof tf.Tensor) return { xs, ys: ys instanceof tf.Tensor ? ys : undefined };
  throw new ArgumentError('no-images', 'elements must be image tensors, { xs, ys }, or [images, labels]');
};

const classesOf = (values: ArrayLike<number>, count: number): number[] => {
  const width = values.length / count;
  return Array.from({ length: count }, (_, n) => {
    const row = Array.from({ length: width }, (__, k) => values[n * width + k] as number);
    return width === 1 ? (row[0] as number) : row.indexOf(Math.max(...row));
  });
};

/** Pixels of an image, left and right changed over. */
export const mirrored = (data: TrainingData, index: number): Float32Array => {
  if (data.mirrored) return data.mirrored(index);
  const image = data.pixels(index);
  const [, width, channels] = data.imageShape;
  return image.map((_, i) => {
    const channel = i % channels;
    const column = Math.floor(i / channels) % width;
    const row = Math.floor(i / (channels * width));
    return image[(row * width + (width - 1 - column)) * channels + channel] as number;
  });
};

/**
 * The images of a batch: each epoch is a shuffle of its own, and a batch may reach into the next one.
 *
 * @param step from 0 on.
 */
export const batchAt = (
  seed: string | number,
  count: number,
  { step, size }: { readonly step: number; readonly size: number },
): number[] =>
  Array.from({ length: size }, (_, n) => {
    const place = step * size + n;
    return shuffleOf(seed, count, Math.floor(place / count))[place % count] as number;
  });

let latest: { readonly name: string; readonly order: Uint32Array } | undefined;

/** The order of an epoch; the last one is remembered, as neighbouring batches ask for the same. */
const shuffleOf = (seed: string | number, count: number, epoch: number): Uint32Array => {
  const name = JSON.stringify([seed, count, epoch]);
  if (latest?.name === name) return latest.order;
  const places = Array.from({ length: count }, (_, n) => n);
  const order = Uint32Array.from(shuffled(places, [seed, 'shuffle', epoch]));
  latest = { name, order };
  return order;
};
