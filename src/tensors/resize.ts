import type { ImageShape } from './noise.ts';

/** The pixels of a line that a new pixel is made from, and how much each counts; the shares add up to 1. */
type Tap = { readonly first: number; readonly shares: Float64Array };

/**
 * Resizes an image by a triangle filter, whose width grows with the shrinking so that nothing aliases: bilinear
 * interpolation where it grows, a weighted mean of an area where it shrinks. Lines first, then columns.
 *
 * @param pixels `[height, width, channels]` flat; left alone.
 * @returns pixels of the new size; the same object where the size is the same.
 * @see Pillow's `resize` with `BILINEAR`, which has the same filter and the same pixel centres.
 */
export const resizePixels = (
  pixels: Float32Array,
  [height, width, channels]: ImageShape,
  [rows, columns]: readonly [height: number, width: number],
): Float32Array => {
  if (rows === height && columns === width) return pixels;
  const wide = new Float32Array(height * columns * channels);
  tapsOf(width, columns).forEach(({ first, shares }, column) => {
    for (let row = 0; row < height; row += 1) {
      const from = (row * width + first) * channels;
      weigh(pixels, wide, { from, to: (row * columns + column) * channels, stride: channels, shares, channels });
    }
  });
  const result = new Float32Array(rows * columns * channels);
  const stride = columns * channels;
  tapsOf(height, rows).forEach(({ first, shares }, row) => {
    weigh(wide, result, { from: first * stride, to: row * stride, stride, shares, channels: stride });
  });
  return result;
};

type Weighing = {
  readonly from: number;
  readonly to: number;
  /** From a pixel that counts to the next one. */
  readonly stride: number;
  readonly shares: Float64Array;
  /** Numbers that lie side by side and are treated alike. */
  readonly channels: number;
};

const weigh = (source: Float32Array, target: Float32Array, { from, to, stride, shares, channels }: Weighing): void => {
  for (let channel = 0; channel < channels; channel += 1) {
    let sum = 0;
    for (let tap = 0; tap < shares.length; tap += 1) {
      sum += (source[from + tap * stride + channel] as number) * (shares[tap] as number);
    }
    target[to + channel] = sum;
  }
};

const tapsOf = (size: number, count: number): Tap[] => {
  const scale = size / count;
  const reach = Math.max(scale, 1);
  return Array.from({ length: count }, (_, n) => {
    const centre = (n + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(size, Math.floor(centre + reach + 0.5));
    const raw = Float64Array.from({ length: last - first }, (__, tap) =>
      Math.max(0, 1 - Math.abs((first + tap + 0.5 - centre) / reach)),
    );
    const sum = raw.reduce((total, share) => total + share, 0);
    return { first, shares: raw.map((share) => share / sum) };
  });
};
