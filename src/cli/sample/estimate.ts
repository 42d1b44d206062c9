import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import { checkSheetSize } from '../../node/contactSheet.ts';
import { bytesOfImage, type Cost, checkMemory, memoryFor, secondsOf } from '../cost.ts';
import { costOfReturns } from '../returnCost.ts';
import type { Sampling } from './sampling.ts';
import { columnsOf, type Drawing, drawSheet } from './sheet.ts';

type Asked = Omit<Drawing, 'samples'>;

/**
 * What a sampling will take: some steps are walked, and a page with one row is drawn.
 *
 * @throws ArgumentError `bad-contact-sheet` when the sheet would be larger than a PNG can be.
 * @throws EnvironmentError `too-little-memory`
 */
export const estimateSampling = async (model: Model, { paths, images, sampling }: Asked): Promise<Cost> => {
  const kept = bytesKept(model, sampling, images.length);
  checkMemory(kept);
  const some = images.slice(0, BATCH);
  const batch = tf.tidy(() => tf.stack(some.map((image) => tf.tensor3d(image, [...model.imageShape])))) as tf.Tensor4D;
  const { strengths, variants, seed, label, ...way } = sampling;
  const labels = label === undefined ? undefined : some.map(() => label);
  const count = images.length;
  try {
    const returns = await costOfReturns(model, { images: batch, way, strengths, variants, count, labels });
    const cells = Array.from({ length: strengths.length * variants }, () => some[0] as Float32Array);
    const samples = { rows: columnsOf(sampling), variants: [cells] };
    const one = { paths: paths.slice(0, 1), images: images.slice(0, 1), samples, sampling };
    const drawing = (await secondsOf(() => drawSheet(model, one))) * count;
    return { ...returns, seconds: returns.seconds + drawing, memoryBytes: memoryFor(kept) };
  } finally {
    batch.dispose();
  }
};

/** Images and variants as numbers, and the page that they are painted on: as bytes, with its texts, and as a file. */
const bytesKept = (model: Model, sampling: Sampling, images: number): number => {
  const { imageShape } = model;
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const columns = [1, ...columnsOf(sampling).map((one) => one.variants)];
  const pixels = checkSheetSize(imageShape, { columns, rows: images });
  const made = 4 * size * (1 + sampling.strengths.length * sampling.variants);
  return images * (bytesOfImage(model) + made) + PAGE_BYTES * pixels;
};

/** A pixel of the page takes three bytes, and sharp composites with four, twice. */
const PAGE_BYTES = 12;
