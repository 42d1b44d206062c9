import { ArgumentError } from '../../errors.ts';
import type { Vectors } from './embedder.ts';

/** Vectors of some images, then those of others. @throws ArgumentError `bad-embedding` where they differ in length. */
export const joinVectors = (parts: readonly Vectors[]): Vectors => {
  const width = Math.max(0, ...parts.map((part) => part.width));
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const data = new Float32Array(count * width);
  let at = 0;
  for (const part of parts) {
    if (part.width !== 0 && part.width !== width) {
      const rule = 'vectors must be of one length';
      throw new ArgumentError(
        'bad-embedding',
        `${rule}; the embedder gave some of ${part.width} numbers, and ${width}`,
      );
    }
    data.set(part.data, at * width);
    at += part.count;
  }
  return {
    count,
    width,
    data,
    isFound: parts.flatMap(({ isFound }) => isFound),
    attributes: parts.flatMap(({ attributes }) => attributes),
  };
};

/** Vectors at some places, in that order; nothing is found at a place that is undefined. */
export const someVectors = (
  { width, data, isFound, attributes }: Vectors,
  places: readonly (number | undefined)[],
): Vectors => {
  const some = new Float32Array(places.length * width);
  for (const [n, place] of places.entries()) {
    if (place !== undefined) some.set(data.subarray(place * width, (place + 1) * width), n * width);
  }
  return {
    count: places.length,
    width,
    data: some,
    isFound: places.map((place) => place !== undefined && (isFound[place] ?? false)),
    attributes: places.map((place) => (place === undefined ? undefined : attributes[place])),
  };
};
