import * as tf from '@tensorflow/tfjs-core';
import type { Correction } from '../../returns/correction.ts';
import { consistentImages } from './consistent.ts';
import { cutFromCanvas } from './degrade/canvas.ts';
import { type Degradation, project, trustThroughNoise } from './degrade/degradation.ts';
import { lowFrequencies } from './lowFrequencies.ts';
import { type Cascade, throwAgain } from './throwAgain.ts';

export type Task = {
  /** Of what the model makes, which may be larger than the images. */
  readonly canvas: Degradation;
  /** Of the images. */
  readonly degradation: Degradation;
  /** What was seen, float32 `[N, h, w, C]` in [-1, 1]; stays its owner's. */
  readonly seen: tf.Tensor4D;
  /** Standard deviation of the noise in it, in [-1, 1]. */
  readonly noise: number;
  /** Every how manyth estimate is held to it. */
  readonly every?: number | undefined;
};

/**
 * Images in [-1, 1] that are what was seen, made poorer again; where it was seen through noise they need not be.
 *
 * @returns pixels of the images for each sample.
 */
export const resultsOf = async (
  task: Task,
  cascade: Omit<Cascade, 'change' | 'every' | 'low'>,
  samples: number,
): Promise<readonly Float32Array[]> => {
  const { canvas, degradation, seen, noise, every } = task;
  const shape = [seen.shape[0], ...canvas.imageShape] as [number, number, number, number];
  const [height, width] = degradation.imageShape;
  const start = await pixelsOf(await held(task, canvas.guess(seen)));
  const change: Correction['change'] = (clean, sigma) =>
    project(canvas, clean, { seen, trust: trustThroughNoise(noise, sigma as number) }); // one plan, so one level
  const low = noise > 0 ? undefined : lowFrequencies(cascade.model, degradation);
  const results: Float32Array[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const pixels = await throwAgain({ ...cascade, change, every, low }, start, sample);
    const whole = await held(task, tf.tensor4d(pixels, shape));
    const images = cutFromCanvas(whole, [height, width]);
    whole.dispose();
    results.push(await pixelsOf(images));
  }
  return results;
};

/** Images in [-1, 1], held to what was seen without noise. Disposes what it is given. */
const held = async ({ canvas, seen, noise }: Task, images: tf.Tensor4D): Promise<tf.Tensor4D> => {
  try {
    return noise > 0 ? tf.clipByValue(images, -1, 1) : await consistentImages(canvas, images, seen);
  } finally {
    images.dispose();
  }
};

const pixelsOf = async (images: tf.Tensor4D): Promise<Float32Array> => {
  try {
    return await images.data<'float32'>();
  } finally {
    images.dispose();
  }
};
