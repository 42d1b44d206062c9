import * as tf from '@tensorflow/tfjs-core';
import { breathe } from './breathe.ts';
import { type Batch, imagesOf, type Lesson, lessonGradients, sizeOf } from './lesson.ts';
import { memoryLimit } from './outOfMemory.ts';
import { parametersOf, type Trained } from './trained.ts';

/** Bytes of tensors at the height of a step: so many whatever the batch, and so many for each image. */
export type StepMemory = { readonly fixed: number; readonly perImage: number };

/** Beside a step's own: the sums of its gradients, and what the optimizer makes of them. */
const UPDATE_ROWS = 8;

/**
 * What a step takes, from the steps of one image and of two: networks keep what they need for their gradients, which
 * grows evenly with the images.
 */
export const measureMemory = async (
  trained: Trained,
  batch: Batch,
  lesson: Pick<Lesson, 'loss'>,
): Promise<StepMemory> => {
  const step = (images: number) => (): tf.Scalar =>
    tf.tidy(() => lessonGradients(lesson, parametersOf(trained), imagesOf(batch, 0, images)).loss);
  await breathe();
  step(1)().dispose(); // where memory runs out while tfjs profiles, it ends the process
  const update = UPDATE_ROWS * trained.rows.parameter.size * tf.util.bytesPerElement('float32');
  const one = update + (await peakOf(step(1)));
  if (sizeOf(batch) === 1 || one > (memoryLimit() ?? Number.POSITIVE_INFINITY) / 2) {
    return { fixed: 0, perImage: one };
  }
  const two = update + (await peakOf(step(2)));
  return { fixed: 2 * one - two, perImage: two - one };
};

const READS_RESULTS = 'CHECK_COMPUTATION_FOR_ERRORS';

/** Bytes of all tensors when there were most of them. */
const peakOf = async (step: () => tf.Scalar): Promise<number> => {
  const before = tf.env().getBool(READS_RESULTS);
  tf.env().set(READS_RESULTS, false);
  await breathe();
  try {
    const { peakBytes, result } = await tf.profile(step);
    tf.dispose(result);
    return peakBytes;
  } finally {
    tf.env().set(READS_RESULTS, before);
  }
};

/**
 * How many images of a batch go through the network at a time: all, or half, a quarter and so on, until they fit. The
 * gradients of the parts are summed, so the result is that of the whole but for rounding.
 */
export const fittingBatch = (batchSize: number, memory: StepMemory, limit = memoryLimit()): number => {
  let images = batchSize;
  while (images > 1 && bytesOf(images, memory) > (limit ?? Number.POSITIVE_INFINITY)) images = Math.ceil(images / 2);
  return images;
};

/** Bytes of tensors when so many images go through the network at a time. */
export const bytesOf = (images: number, { fixed, perImage }: StepMemory): number => fixed + images * perImage;
