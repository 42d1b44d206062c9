import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { fromModelRange, type ImageRange, imageRange, toModelRange } from '../../tensors/range.ts';
import { collectImages } from '../../train/trainingData.ts';
import type { Picture } from './regions/regions.ts';

/** Images as pictures, and what makes of pictures images again. */
export type ImagesIn = {
  readonly pictures: readonly Picture[];
  /** Classes, where the data set has them. */
  readonly labels?: readonly number[];
  /** `[n, h, w, c]` in the dtype and range of the images, owned by the caller. */
  tensorOf(pictures: readonly Picture[]): tf.Tensor4D;
};

/**
 * Reads images `[N, H, W, C]`, which stay the caller's, or all images of a data set.
 *
 * @throws ArgumentError `bad-image-shape`, `bad-dtype`, `bad-range`, `out-of-range`, `no-images`.
 */
export const readImagesIn = async (
  images: tf.Tensor4D | Dataset<tf.TensorContainer>,
  asked: ImageRange | undefined,
): Promise<ImagesIn> => {
  if (!(images instanceof tf.Tensor)) {
    const { count, imageShape, pixels, labels } = await collectImages(images, asked);
    const pictures = Array.from({ length: count }, (_, n) => ({ pixels: toUnit(pixels(n)), shape: imageShape }));
    return { pictures, ...(labels ? { labels } : {}), tensorOf: tensorsOf(imageShape, 'float32', '0..1') };
  }
  if (images.rank !== 4) {
    const rule = 'images must be [N, H, W, C] or a data set';
    throw new ArgumentError('bad-image-shape', `${rule}, got [${images.shape}]; use tf.expandDims for one`);
  }
  const [count, ...shape] = images.shape;
  const range = imageRange(images.dtype, asked);
  const values = toUnit(toModelRange(await images.data<'float32' | 'int32'>(), range));
  const size = values.length / Math.max(1, count);
  const pictures = Array.from({ length: count }, (_, n) => ({ pixels: values.slice(n * size, (n + 1) * size), shape }));
  return { pictures, tensorOf: tensorsOf(shape, images.dtype, range) };
};

const toUnit = (pixels: Float32Array): Float32Array => pixels.map((pixel) => (pixel + 1) / 2);

const tensorsOf =
  (shape: ImageShape, dtype: tf.DataType, range: ImageRange) =>
  (pictures: readonly Picture[]): tf.Tensor4D => {
    const size = shape[0] * shape[1] * shape[2];
    const values =
      dtype === 'int32' ? new Int32Array(pictures.length * size) : new Float32Array(pictures.length * size);
    for (const [n, { pixels }] of pictures.entries()) {
      values.set(
        fromModelRange(
          pixels.map((pixel) => 2 * pixel - 1),
          range,
          dtype,
        ),
        n * size,
      );
    }
    return tf.tensor4d(values, [pictures.length, ...shape], dtype as 'float32' | 'int32');
  };
