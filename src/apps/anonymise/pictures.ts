import * as tf from '@tensorflow/tfjs-core';
import type { Picture } from './regions/regions.ts';

/** Pictures that are put into one tensor, at most. */
const BATCH = 32;

/** Pictures as batches of equal sizes, in their order: tensors `[n, h, w, c]`, owned by who takes them. */
export async function* batchesOf(
  pictures: AsyncIterable<Picture> | Iterable<Picture>,
): AsyncGenerator<tf.Tensor4D, void, undefined> {
  let batch: Picture[] = [];
  for await (const picture of pictures) {
    const isOther = batch[0] !== undefined && String(batch[0].shape) !== String(picture.shape);
    if (isOther || batch.length === BATCH) {
      yield stackPictures(batch);
      batch = [];
    }
    batch.push(picture);
  }
  if (batch.length > 0) yield stackPictures(batch);
}

/** Pictures of one size as a tensor `[n, h, w, c]`, which the caller owns. */
export const stackPictures = (pictures: readonly Picture[]): tf.Tensor4D => {
  const [{ shape }] = pictures as readonly [Picture];
  const size = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(pictures.length * size);
  for (const [n, { pixels }] of pictures.entries()) values.set(pixels, n * size);
  return tf.tensor4d(values, [pictures.length, ...shape]);
};

/** The pictures of a tensor `[n, h, w, c]`, which stays the caller's. */
export const picturesOf = async (images: tf.Tensor4D): Promise<Picture[]> => {
  const [count, ...shape] = images.shape;
  const values = await images.data<'float32'>();
  const size = values.length / Math.max(1, count);
  return Array.from({ length: count }, (_, n) => ({ pixels: values.slice(n * size, (n + 1) * size), shape }));
};
