import type { Model } from '../../models/model.ts';
import { degradeOf, type EnhanceOptions } from './options.ts';
import { roomFor } from './tiles.ts';

/** What enhancing takes of memory at its highest, beside the model, in bytes. */
export type EnhanceBytes = {
  /** Of the backend's tensors. */
  readonly tensors: number;
  /** Of the whole process. */
  readonly all: number;
};

/** So many pictures of the size that is walked are there at a time as tensors, and beside them as arrays. */
const [TENSORS, ARRAYS] = [9, 9];

/** Pictures of that size that are kept of each sample. */
const OF_A_SAMPLE = 1.5;

/**
 * What enhancing takes of memory, from the sizes alone: measured with pictures of 1024 and 2048 pixels a side, within a
 * fourth.
 *
 * @param shape of the images that were seen.
 */
export const enhanceBytes = (
  model: Model,
  [count, height, width, channels]: readonly [number, number, number, number],
  options: EnhanceOptions,
): EnhanceBytes => {
  const { factor } = degradeOf(options);
  const room = roomFor(model, [height * factor, width * factor]);
  const picture = Float32Array.BYTES_PER_ELEMENT * count * room[0] * room[1] * channels;
  const directions = options.noise ? spectrumBytes(height, factor) + spectrumBytes(width, factor) : 0;
  const tensors = TENSORS * picture;
  return { tensors, all: tensors + (ARRAYS + OF_A_SAMPLE * (options.samples ?? 1)) * picture + directions };
};

/** Matrices of all directions of a line: some as small as what was seen, some as long as what is made. */
const spectrumBytes = (rows: number, factor: number): number =>
  Float64Array.BYTES_PER_ELEMENT * (4 + 3 * factor) * rows ** 2;
