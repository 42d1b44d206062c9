import { shown } from '../../../checks.ts';
import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Box } from '../boxes.ts';

/** Pixels in [0, 1], `[height, width, channels]` flat, of any size. */
export type Picture = { readonly pixels: Float32Array; readonly shape: ImageShape };

/**
 * What of a picture changes: all of it, boxes around faces say, or a mask of its size that has 1 where it changes, 0
 * where it stays, and anything between for a part of each.
 */
export type Regions = 'whole' | { readonly boxes: readonly Box[] } | { readonly mask: Float32Array };

/**
 * An image of a mask, white where the picture changes and black where it stays, as a mask. Colours count by their mean.
 *
 * @throws ArgumentError `bad-region` where it is not of the picture's size.
 */
export const maskFrom = ({ pixels, shape }: Picture, [height, width]: ImageShape): { mask: Float32Array } => {
  const [rows, columns, channels] = shape;
  if (rows !== height || columns !== width) {
    const rule = `a mask must have the size of its picture, ${height} x ${width} pixels`;
    throw badRegion(`${rule}, got ${rows} x ${columns}; resize it`);
  }
  const mask = new Float32Array(height * width);
  for (let n = 0; n < mask.length; n += 1) {
    let sum = 0;
    for (let c = 0; c < channels; c += 1) sum += pixels[n * channels + c] as number;
    mask[n] = sum / channels;
  }
  return { mask };
};

/**
 * Boxes as whole pixels of the picture: what they touch is theirs, and what overhangs is cut off. The largest comes
 * first, whatever order they are in, so that a small face before a large one is not covered by it.
 *
 * @throws ArgumentError `bad-region` for no box, or one that is not finite, empty, or outside the picture.
 */
export const wholeBoxes = (boxes: readonly Box[], [height, width]: ImageShape): readonly Box[] => {
  if (!Array.isArray(boxes) || boxes.length === 0) {
    throw badRegion(`boxes must be a list of at least one box, got ${shown(boxes)}; decide what is done without any`);
  }
  const area = (box: Box): number => box.height * box.width;
  return boxes
    .map((box, n) => {
      const inside = insideOf(box, height, width);
      if (inside) return inside;
      const rule = `a box must hold at least a part of its picture of ${height} x ${width} pixels`;
      throw badRegion(`${rule}, but box ${n} is ${shown(box)}; leave it out`);
    })
    .toSorted((a, b) => area(b) - area(a) || a.top - b.top || a.left - b.left || a.height - b.height);
};

const insideOf = (box: Box, rows: number, columns: number): Box | undefined => {
  const isSound = [box.top, box.left, box.height, box.width].every(Number.isFinite) && box.height > 0 && box.width > 0;
  const [top, left] = [Math.max(0, Math.floor(box.top)), Math.max(0, Math.floor(box.left))];
  const height = Math.min(rows, Math.ceil(box.top + box.height)) - top;
  const width = Math.min(columns, Math.ceil(box.left + box.width)) - left;
  return isSound && height > 0 && width > 0 ? { top, left, height, width } : undefined;
};

/**
 * The smallest box that holds all of a mask that is above 0.
 *
 * @throws ArgumentError `bad-region` for a mask of another size, with numbers outside [0, 1], or of nothing but 0.
 */
export const boxOfMask = (mask: Float32Array, [height, width]: ImageShape): Box => {
  if (!(mask instanceof Float32Array) || mask.length !== height * width) {
    const got = mask instanceof Float32Array ? `${mask.length} of them` : shown(mask);
    throw badRegion(`a mask must be a Float32Array of ${height} x ${width} numbers, got ${got}`);
  }
  let [top, left, bottom, right] = [height, width, 0, 0];
  for (const [n, value] of mask.entries()) {
    if (!(value >= 0 && value <= 1)) throw badRegion(`a mask holds numbers between 0 and 1, got ${value} at ${n}`);
    if (value === 0) continue;
    const [row, column] = [Math.floor(n / width), n % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
  }
  if (bottom > 0) return { top, left, height: bottom - top, width: right - left };
  throw badRegion('the mask is 0 everywhere, so nothing would change; leave the picture out, or choose "whole"');
};

const badRegion = (message: string): ArgumentError => new ArgumentError('bad-region', message);
