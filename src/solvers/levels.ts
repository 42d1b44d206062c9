import * as tf from '@tensorflow/tfjs-core';
import type { Leg, Level } from '../noise/leg.ts';

/** Scalar arithmetic on levels: one result for the batch if all levels are for the batch, else one for each image. */
export const mapLevels = (f: (...sigmas: number[]) => number, ...levels: Level[]): Level => {
  const listed = levels.find((level) => typeof level !== 'number');
  if (listed === undefined) return f(...(levels as number[]));
  const at = (level: Level, n: number): number => (typeof level === 'number' ? level : (level[n] ?? Number.NaN));
  return listed.map((_, n) => f(...levels.map((level) => at(level, n))));
};

/**
 * The result of scalar arithmetic on levels as a factor for `[N, H, W, C]`, so that a step is written once.
 *
 * @returns a number, or a tensor `[N, 1, 1, 1]` owned by the caller.
 */
export const perImage = (f: (...sigmas: number[]) => number, ...levels: Level[]): number | tf.Tensor4D =>
  asFactor(mapLevels(f, ...levels));

/** Whether any image of the batch has a level above 0. */
export const isNoisy = (level: Level): boolean =>
  typeof level === 'number' ? level > 0 : level.some((sigma) => sigma > 0);

/** Whether two levels are the same for every image. */
export const isSameLevel = (a: Level, b: Level): boolean =>
  a === b || (typeof a !== 'number' && typeof b !== 'number' && a.length === b.length && a.every((s, n) => s === b[n]));

/** How much fresh noise a step adds, given the share `eta` of what an ancestral step adds. */
export const noiseUp = (from: number, to: number, eta: number): number =>
  (eta * to * Math.sqrt(Math.max(0, from * from - to * to))) / from;

/** The level to go down to, so that {@link noiseUp} of fresh noise on top of it makes `to`. */
export const noiseDown = (from: number, to: number, eta: number): number =>
  Math.sqrt(to * to - noiseUp(from, to, eta) ** 2);

/** Adds noise of the deviation `scale(from, to)`, and draws none where that is 0 for every image. */
export const addNoise = (
  x: tf.Tensor4D,
  scale: (from: number, to: number) => number,
  { leg, noise }: { readonly leg: Leg; readonly noise: () => tf.Tensor4D },
): tf.Tensor4D => {
  const scales = mapLevels((from, to) => scale(from, to), leg.from, leg.to);
  return isNoisy(scales) ? tf.add(x, tf.mul(noise(), asFactor(scales))) : x;
};

const asFactor = (level: Level): number | tf.Tensor4D =>
  typeof level === 'number' ? level : tf.tensor4d([...level], [level.length, 1, 1, 1]);
