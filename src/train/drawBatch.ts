import * as tf from '@tensorflow/tfjs-core';
import { type SeedPath, uniformStream } from '../random.ts';
import { imageNoise } from '../tensors/noise.ts';
import type { NoisyBatch } from './denoisingLoss.ts';
import { batchAt, mirrored, type TrainingData } from './trainingData.ts';

export type ImageDraw = {
  readonly seed: string | number;
  readonly batchSize: number;
  readonly flip: boolean;
};

export type DrawOptions = ImageDraw & {
  /** Number of timesteps of the schedule. */
  readonly timesteps: number;
  /** For a conditional network: the label that stands for "no class", and how often it takes another's place. */
  readonly nullLabel?: number | undefined;
  readonly dropLabel: number;
};

/**
 * The images of a step: a function of seed and step alone.
 *
 * @param step from 0 on.
 * @returns their places in the data, and a tensor owned by the caller.
 */
export const drawImages = (data: TrainingData, step: number, { seed, batchSize: size, flip }: ImageDraw) => {
  const indices = batchAt(seed, data.count, { step, size });
  const mirror = uniformStream([seed, 'flip', step]);
  const [height, width, channels] = data.imageShape;
  const pixels = new Float32Array(size * height * width * channels);
  for (const [n, index] of indices.entries()) {
    const image = flip && mirror() < 0.5 ? mirrored(data, index) : data.pixels(index);
    pixels.set(image, n * image.length);
  }
  return { indices, clean: tf.tensor4d(pixels, [size, height, width, channels]) };
};

/**
 * The batch of a step, with its noise: a function of seed and step alone. Timesteps are stratified, one from each of N
 * equal parts of the schedule, so that every batch sees all of it.
 *
 * @param step from 0 on.
 * @returns tensors owned by the caller.
 */
export const drawBatch = (data: TrainingData, step: number, options: DrawOptions): NoisyBatch => {
  const { seed, batchSize: size, timesteps, nullLabel, dropLabel } = options;
  const next = (purpose: string): (() => number) => uniformStream([seed, purpose, step]);
  const [offset, drop] = [next('timestep'), next('drop')];
  const { indices, clean } = drawImages(data, step, options);
  const labels =
    nullLabel === undefined
      ? undefined
      : indices.map((index) => (drop() < dropLabel ? nullLabel : (data.labels?.[index] ?? nullLabel)));
  return {
    clean,
    noise: imageNoise(
      indices.map((_, n): SeedPath => [seed, 'noise', step, n]),
      data.imageShape,
    ),
    timesteps: indices.map((_, n) => Math.min(timesteps - 1, Math.floor(((n + offset()) / size) * timesteps))),
    labels,
  };
};
