import * as tf from '@tensorflow/tfjs-core';
import { type SeedPath, uniformStream } from '../random.ts';
import { imageNoise } from '../tensors/noise.ts';
import type { NoisyBatch } from './denoisingLoss.ts';
import { batchAt, type TrainingData } from './trainingData.ts';

export type DrawOptions = {
  readonly seed: string | number;
  readonly batchSize: number;
  /** Number of timesteps of the schedule. */
  readonly timesteps: number;
  /** For a conditional network: the label that stands for "no class", and how often it takes another's place. */
  readonly nullLabel?: number | undefined;
  readonly dropLabel: number;
  readonly flip: boolean;
};

/**
 * The batch of a step, with its noise: a function of seed and step alone. Timesteps are stratified, one from each of N
 * equal parts of the schedule, so that every batch sees all of it.
 *
 * @param step from 0 on.
 * @returns tensors owned by the caller.
 */
export const drawBatch = (data: TrainingData, step: number, options: DrawOptions): NoisyBatch => {
  const { seed, batchSize: size, timesteps, nullLabel, dropLabel, flip } = options;
  const next = (purpose: string): (() => number) => uniformStream([seed, purpose, step]);
  const indices = batchAt(seed, data.count, { step, size });
  const [mirror, offset, drop] = [next('flip'), next('timestep'), next('drop')];
  const [height, width, channels] = data.imageShape;
  const pixels = new Float32Array(size * height * width * channels);
  for (const [n, index] of indices.entries()) {
    const image = data.pixels(index);
    pixels.set(flip && mirror() < 0.5 ? mirrored(image, width, channels) : image, n * image.length);
  }
  const labels =
    nullLabel === undefined
      ? undefined
      : indices.map((index) => (drop() < dropLabel ? nullLabel : (data.labels?.[index] ?? nullLabel)));
  return {
    clean: tf.tensor4d(pixels, [size, height, width, channels]),
    noise: imageNoise(
      indices.map((_, n): SeedPath => [seed, 'noise', step, n]),
      data.imageShape,
    ),
    timesteps: indices.map((_, n) => Math.min(timesteps - 1, Math.floor(((n + offset()) / size) * timesteps))),
    labels,
  };
};

const mirrored = (image: Float32Array, width: number, channels: number): Float32Array =>
  image.map((_, i) => {
    const channel = i % channels;
    const column = Math.floor(i / channels) % width;
    const row = Math.floor(i / (channels * width));
    return image[(row * width + (width - 1 - column)) * channels + channel] as number;
  });
