import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import { isPair, type RunPlan, softens } from '../plan.ts';
import type { DrawnSample } from './drawnSample.ts';

type Pair<T> = { readonly clean: T; readonly variant: T };

/** An element of a data set, as the transform of the run would give it. */
export type BankElement = { xs: tf.Tensor | Pair<tf.Tensor>; ys?: tf.Tensor | Pair<tf.Tensor> };

/**
 * Samples as an element: float32, `xs` in [0, 1] and `ys` shares of classes.
 *
 * @param isBatch whether the element has an axis of images; without it, there is one sample.
 * @throws ArgumentError `wrong-image-size` where a batch would be of several sizes.
 */
export const sampleElement = (samples: readonly DrawnSample[], plan: RunPlan, isBatch: boolean): BankElement => {
  const { shape } = samples[0] as DrawnSample;
  const odd = samples.find((sample) => String(sample.shape) !== String(shape));
  if (odd) {
    const rule = `images of a batch have one size, and these are ${shape.join(' x ')} and ${odd.shape.join(' x ')}`;
    throw new ArgumentError('wrong-image-size', `${rule}; leave out batch, and resize and batch them yourself`);
  }
  const axes = isBatch ? [samples.length] : [];
  const images = (pixelsOf: (sample: DrawnSample) => Uint8Array): tf.Tensor =>
    tf.tensor(asShares(samples.map(pixelsOf), shape), [...axes, ...shape]);
  const variant = images(({ pixels }) => pixels);
  const xs = isPair(plan) ? { clean: images(({ clean, pixels }) => clean ?? pixels), variant } : variant;
  const { classes } = plan.data;
  if (classes === undefined) return { xs };
  const labels = (rowOf: (sample: DrawnSample) => readonly number[]): tf.Tensor =>
    tf.tensor(Float32Array.from(samples.flatMap(rowOf)), [...axes, classes.length]);
  const oneHot = ({ label }: DrawnSample): readonly number[] => classes.map((_, n) => Number(n === label));
  const soft = labels((sample) => sample.softLabel ?? oneHot(sample));
  return { xs, ys: isPair(plan) && softens(plan) ? { clean: labels(oneHot), variant: soft } : soft };
};

/** Bytes as numbers in [0, 1]. */
const asShares = (images: readonly Uint8Array[], [height, width, channels]: ImageShape): Float32Array => {
  const size = height * width * channels;
  const values = new Float32Array(images.length * size);
  for (const [n, pixels] of images.entries()) {
    for (let i = 0; i < size; i += 1) values[n * size + i] = (pixels[i] as number) / 255;
  }
  return values;
};
