import * as tf from '@tensorflow/tfjs-core';
import { type SeedPath, uniform } from '../../random.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { symmetricBeta } from './beta.ts';
import { areaOf, type Box, blend, boxAround } from './boxes.ts';
import type { Operations } from './operations.ts';

/** How an image is mixed with another one of its batch. */
export type MixPlan = {
  /** The place of the other one. */
  readonly partner: number;
  /** What remains of the label, in [0, 1]; and of the image, unless a box of it is replaced. */
  readonly share: number;
  readonly box?: Box | undefined;
};

/**
 * Draws partners and shares. Images stand in a ring in the order of their draws, each with the next as partner: that
 * depends on which images are in the batch, by the nature of mixing, but not on their order. An image alone is its own.
 *
 * @param paths the addresses of the images in an epoch.
 */
export const planMixes = (paths: readonly SeedPath[], shape: ImageShape, operations: Operations): MixPlan[] => {
  const draws = paths.map((path) => uniform([...path, 'partner']));
  const ring = [...draws.keys()].sort((a, b) => (draws[a] as number) - (draws[b] as number));
  const partners: number[] = [];
  ring.forEach((image, place) => {
    partners[image] = ring[(place + 1) % ring.length] as number;
  });
  return paths.map((path, n) => ({ partner: partners[n] as number, ...planMix(path, shape, operations) }));
};

const planMix = (path: SeedPath, shape: ImageShape, { mixup, cutmix }: Operations): Omit<MixPlan, 'partner'> => {
  const pastes = cutmix !== undefined && (mixup === undefined || uniform([...path, 'mix']) < 0.5);
  if (!pastes) return { share: symmetricBeta(mixup as number, [...path, 'mixup']) };
  const [rows, columns] = shape;
  const side = Math.sqrt(1 - symmetricBeta(cutmix, [...path, 'cutmix']));
  const row = Math.floor(uniform([...path, 'cutmix', 'y']) * rows);
  const column = Math.floor(uniform([...path, 'cutmix', 'x']) * columns);
  const size = { height: Math.round(side * rows), width: Math.round(side * columns) };
  const box = boxAround({ row, column }, size, shape);
  return { share: 1 - areaOf(box) / (rows * columns), box };
};

/** @returns float32 `[N, H, W, C]`, owned by the caller; the argument is left alone. */
export const mixImages = (images: tf.Tensor4D, plans: readonly MixPlan[]): tf.Tensor4D =>
  tf.tidy(() => {
    const remains = plans.map(({ share, box }) => (box ? { share: 1, box } : { share }));
    return blend(images, tf.gather(images, partnersOf(plans)), remains);
  });

/** @returns float32 of the shape of `labels`, `[N, ...]`, owned by the caller; the argument is left alone. */
export const mixLabels = (labels: tf.Tensor, plans: readonly MixPlan[]): tf.Tensor =>
  tf.tidy(() => {
    const column = [plans.length, ...labels.shape.slice(1).fill(1)];
    const shares = tf.tensor(
      plans.map(({ share }) => share),
      column,
      'float32',
    );
    const floats = tf.cast(labels, 'float32');
    return tf.add(tf.mul(floats, shares), tf.mul(tf.gather(floats, partnersOf(plans)), tf.sub(1, shares)));
  });

const partnersOf = (plans: readonly MixPlan[]): tf.Tensor1D =>
  tf.tensor1d(
    plans.map(({ partner }) => partner),
    'int32',
  );
