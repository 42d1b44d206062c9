import type { ImageShape } from '../../tensors/noise.ts';
import { resizePixels } from '../../tensors/resize.ts';
import type { Vectors } from './embedder.ts';
import type { Picture } from './regions/regions.ts';
import { eachSimilarity } from './similarities.ts';

/** Side of the small grey pictures by which near-duplicates are told. */
const SIDE = 16;

/**
 * Correlation of small pictures from which on two are taken for one, such as two files of the same photograph: 0.2 % of the
 * pictures of LFW have such another, and 0.2 % of the test images of Fashion-MNIST.
 */
const SAME = 0.997;

/** A picture in small: grey, without its mean, of length 1; nothing where it is all of one grey. */
export const thumbnail = ({ pixels, shape }: Picture): Float32Array | undefined => {
  const small = resizePixels(greyOf(pixels, shape), [shape[0], shape[1], 1], [SIDE, SIDE]);
  const mean = small.reduce((sum, value) => sum + value, 0) / small.length;
  const centred = small.map((value) => value - mean);
  const length = Math.hypot(...centred);
  return length > 1e-6 ? centred.map((value) => value / length) : undefined;
};

const greyOf = (pixels: Float32Array, [height, width, channels]: ImageShape): Float32Array =>
  Float32Array.from({ length: height * width }, (_, n) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += pixels[n * channels + channel] as number;
    return sum / channels;
  });

/**
 * The first of the near-duplicates of each picture, itself where there is none: what is decided of one is decided of all,
 * since two copies of a picture say more of it than one.
 *
 * @param thumbnails by picture.
 */
export const firstOfSame = async (thumbnails: readonly (Float32Array | undefined)[]): Promise<readonly number[]> => {
  const first = thumbnails.map((_, n) => n);
  const vectors = stacked(thumbnails);
  const root = (n: number): number => {
    let at = n;
    while (first[at] !== at) at = first[at] as number;
    return at;
  };
  await eachSimilarity(vectors, vectors, (row, similarities) => {
    if (!thumbnails[row]) return;
    for (let n = 0; n < row; n += 1) {
      if ((similarities[n] as number) < SAME) continue;
      const [a, b] = [root(n), root(row)];
      first[Math.max(a, b)] = Math.min(a, b);
    }
  });
  return first.map((_, n) => root(n));
};

const stacked = (thumbnails: readonly (Float32Array | undefined)[]): Vectors => {
  const width = SIDE * SIDE;
  const data = new Float32Array(thumbnails.length * width);
  for (const [n, one] of thumbnails.entries()) if (one) data.set(one, n * width);
  return {
    count: thumbnails.length,
    width,
    data,
    isFound: thumbnails.map((one) => one !== undefined),
    attributes: thumbnails.map(() => undefined),
  };
};
