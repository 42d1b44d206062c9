import { type Banded, bandedOf } from './banded.ts';

/*
 * Matrices of what happens to a line of pixels: a row for each pixel that is seen, a column for each pixel that was.
 * Each row adds up to 1.
 */

/** Means over `factor` pixels. */
export const meanLine = (length: number, factor: number): Banded =>
  bandedOf({ rows: length / factor, columns: length }, (row, add) => {
    for (let n = 0; n < factor; n += 1) add(row * factor + n, 1 / factor);
  });

/** Where a line ends: `pillow` leaves out what lies beyond, `matlab` takes the line for its own mirror image there. */
export type Edges = 'pillow' | 'matlab';

/**
 * Resizing by a cubic filter, whose width grows with the shrinking so that nothing aliases. Pillow and Matlab have the same
 * filter and the same pixel centres, and differ where a line ends.
 *
 * @see Keys 1981, "Cubic convolution interpolation for digital image processing", with a = -0.5: Pillow's `resize` with
 *   `BICUBIC`, and Matlab's `imresize` with `"bicubic"`.
 */
export const cubicLine = (length: number, count: number, edges: Edges = 'pillow'): Banded => {
  const scale = length / count;
  const reach = Math.max(scale, 1);
  return bandedOf({ rows: count, columns: length }, (row, add) => {
    const centre = (row + 0.5) * scale;
    const [first, last] = [Math.floor(centre - 2 * reach), Math.ceil(centre + 2 * reach)];
    const taps = Array.from({ length: last - first + 1 }, (_, n) => first + n)
      .map((place) => ({
        at: edges === 'matlab' ? mirrored(place, length) : place,
        share: cubic((place + 0.5 - centre) / reach),
      }))
      .filter(({ at, share }) => at >= 0 && at < length && share !== 0);
    const total = taps.reduce((sum, { share }) => sum + share, 0);
    for (const { at, share } of taps) add(at, share / total);
  });
};

const cubic = (distance: number): number => {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
};

/**
 * A kernel at every `stride`-th place, mirrored at the ends.
 *
 * @param kernel numbers that add up to 1. An odd number of them lies about the middle of the `stride` pixels that become
 *   one if their number is odd too, and else about the pixel before it; so does an even number about what lies between.
 */
export const kernelLine = (length: number, kernel: readonly number[], stride: number): Banded => {
  const before = Math.floor((kernel.length - stride) / 2);
  return bandedOf({ rows: length / stride, columns: length }, (row, add) => {
    for (const [tap, share] of kernel.entries()) add(mirrored(row * stride - before + tap, length), share);
  });
};

/** A place beyond the ends of a line as that of its mirror image: -1 is 0, and `length` is `length - 1`. */
export const mirrored = (place: number, length: number): number => {
  const at = ((place % (2 * length)) + 2 * length) % (2 * length);
  return at < length ? at : 2 * length - 1 - at;
};
