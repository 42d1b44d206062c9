import { EnvironmentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { availableMemory } from '../node/availableMemory.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { describeSeconds } from './duration.ts';

/** What a command will take, from trying a little of all that it does. */
export type Cost = {
  /** Network calls, image by image. */
  readonly evaluations: number;
  readonly seconds: number;
  /** Of the whole process, at its highest. */
  readonly memoryBytes: number;
};

/** One line for people. */
export const describeCost = ({ evaluations, seconds, memoryBytes }: Cost): string =>
  `estimate: ${describeSeconds(seconds)} and ${(memoryBytes / 1e9).toFixed(1)} GB of memory for ${evaluations} evaluations`;

/**
 * The memory that a process will have taken, if it keeps so many more bytes: what it takes at its highest so far, after
 * everything was tried once in the size that it will have.
 *
 * @throws EnvironmentError `too-little-memory` when the machine has less.
 */
export const memoryFor = (kept: number): number => {
  const bytes = Math.max(process.resourceUsage().maxRSS * 1024, process.memoryUsage.rss() + kept);
  checkMemory(bytes);
  return bytes;
};

/** @throws EnvironmentError `too-little-memory` */
export const checkMemory = (bytes: number): void => {
  const most = availableMemory();
  if (bytes <= most) return;
  const say = (count: number): string => `${(count / 1e9).toFixed(1)} GB`;
  const rule = `this would take about ${say(bytes)} of memory, and there are ${say(most)}`;
  throw new EnvironmentError('too-little-memory', `${rule}; ask for fewer images, variants or strengths`);
};

/** Bytes of an image as it is kept in memory for further variants: its pixels, and where it walks if it is encoded. */
export const bytesOfImage = ({ imageShape, latentShape, isLatent }: Model): number => {
  const size = ([height, width, channels]: ImageShape): number => height * width * channels;
  return Float32Array.BYTES_PER_ELEMENT * (size(imageShape) + (isLatent ? size(latentShape) : 0));
};

/** Seconds that some work takes once it has settled: the first time does not count, unless it is long. */
export const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const first = await secondsOnce(work);
  return first > LONG ? first : secondsOnce(work);
};

/** Seconds from which on one time tells enough. */
export const LONG = 2;

export const secondsOnce = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
