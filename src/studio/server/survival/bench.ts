import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../../calibrate/variants.ts';
import { ArgumentError, EnvironmentError } from '../../../errors.ts';
import { availableMemory } from '../../../node/availableMemory.ts';
import { pixelsAt } from '../../../node/data/pixels.ts';
import type { SweepData } from '../../../node/tuning/sweep.ts';
import type { Choice } from '../../choice.ts';
import type { Asked } from '../asked.ts';
import type { StudioContext } from '../context.ts';
import type { Events } from '../events.ts';
import { steadily } from './steadily.ts';

/** What survival is measured with. */
export type SurvivalBench = Pick<SweepData, 'returnTo'> &
  NonNullable<SweepData['judge']> & {
    /** Places in the data set, of held-out images that the classifier gets right. */
    readonly places: readonly number[];
  };

/** With fewer, nothing can be said. */
export const LEAST_IMAGES = 10;

/** Refuses what cannot be measured before a classifier is trained. @throws ArgumentError `too-few-images`. */
export const checkHeldOut = ({ judging, data }: StudioContext): void => {
  if (judging.heldOut >= LEAST_IMAGES) return;
  const rule = `a tenth of the images is held out to measure with, ${judging.heldOut} of ${data.count}`;
  throw new ArgumentError(
    'too-few-images',
    `${rule}, and ${LEAST_IMAGES} are needed; open the studio with more images`,
  );
};

export type BenchWork = { readonly choice: Choice; readonly asked: Asked; readonly events: Events };

/**
 * Finds the classifier and the images that it gets right; tells of a training that it takes. Whoever asks has a turn.
 *
 * @throws ArgumentError `too-few-images`; EnvironmentError `too-little-memory`.
 */
export const openBench = async (
  context: StudioContext,
  { choice, asked, events }: BenchWork,
): Promise<SurvivalBench> => {
  const { data, judging } = context;
  const { images, variants } = choice.measure;
  const text = 'a classifier learns your classes, to tell which variants keep theirs';
  const onTraining = steadily((share) => events.send('stage', { text, share }));
  const { classify, rightOf } = await judging.find({ signal: events.signal, onTraining });
  const places = rightOf(images);
  if (places.length < LEAST_IMAGES) {
    const rule = `the classifier gets ${places.length} of ${Math.min(images, judging.heldOut)} held-out images right`;
    throw new ArgumentError(
      'too-few-images',
      `${rule}, and ${LEAST_IMAGES} are needed; measure more, or name a better one`,
    );
  }
  checkMemory((4 * data.bytes.length * (places.length + (variants + 1) * Math.min(BATCH, places.length))) / data.count);
  const labels = places.map((place) => data.labels[place] as number);
  const { told } = asked;
  return { places, labels, classify, ...(told ? { returnTo: labels.map((label) => told[label] as number) } : {}) };
};

const checkMemory = (bytes: number): void => {
  if (bytes <= availableMemory()) return;
  const rule = `this would take about ${(bytes / 1e9).toFixed(1)} GB of memory, more than there is`;
  throw new EnvironmentError('too-little-memory', `${rule}; measure fewer images or variants`);
};

/** The images that are measured, float32 in [0, 1], for as long as some work lasts. */
export const withImages = async <T>(
  { data }: StudioContext,
  places: readonly number[],
  work: (images: tf.Tensor4D) => Promise<T>,
): Promise<T> => {
  const images = tf.tensor4d(pixelsAt(data, places), [places.length, ...data.imageShape]);
  try {
    return await work(images);
  } finally {
    images.dispose();
  }
};
