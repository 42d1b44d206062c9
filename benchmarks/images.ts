import * as tf from '@tensorflow/tfjs-core';
import { openDemoData } from '../examples/demoData.ts';
import type { Model } from '../src/models/model.ts';
import type { Setting } from './benchmark.ts';

/**
 * The first test images of Fashion-MNIST as one batch in [0, 1], owned by the caller. Without the data set: those few
 * that the shipped model drew itself, which is said aloud.
 */
export const testImages = async (model: Model, count: number, { data, say }: Setting): Promise<tf.Tensor4D> => {
  const { images, source } = await openDemoData(model, count, data);
  say(`images: the first ${count} of ${source}`);
  const tensors = () => images.slice(0, count).map((image) => tf.tensor3d(image, [...model.imageShape]));
  return tf.tidy(() => tf.stack(tensors()) as tf.Tensor4D);
};

/** The values of a batch, image by image. */
export const eachImage = (values: Float32Array, count: number): Float32Array[] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, n) => values.subarray(n * size, (n + 1) * size));
};

/** Root of the mean squared difference of two equally long lists. */
export const rmsDistance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum / a.length);
};

/** How much images differ from each other: the root of the variance over images, mean over pixels. */
export const deviationOf = (images: readonly Float32Array[]): number => {
  const size = images[0]?.length ?? 0;
  let total = 0;
  for (let pixel = 0; pixel < size; pixel += 1) {
    const values = images.map((image) => image[pixel] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    total += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  }
  return Math.sqrt(total / size);
};

/** How much detail images have: the root of the mean squared difference of neighbours in a row. */
export const detailOf = (images: readonly Float32Array[], [, width, channels]: Model['imageShape']): number => {
  const row = width * channels;
  const squares = images.flatMap((image) =>
    Array.from(image, (value, i) =>
      i % row < channels ? [] : [(value - (image[i - channels] as number)) ** 2],
    ).flat(),
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
};
