import { encode } from 'fast-png';
import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Sample } from '../format.ts';

/** Named, so that another version of the library keeps to it. */
const LEVEL = 6;

/**
 * A PNG of 8 bits a channel. It is made in plain JavaScript: libraries in C compress otherwise on other processors, and
 * the same shard has the same bytes on every machine.
 */
const pngOf = (pixels: Uint8Array, [height, width, channels]: ImageShape): Uint8Array =>
  encode({ width, height, channels, depth: 8, data: pixels }, { zlib: { level: LEVEL } });

/** @throws ArgumentError `bad-format` for images that are neither grey nor colour. */
export const pngsOf = ({ id, shape, pixels, clean }: Sample): { picture: Uint8Array; clean?: Uint8Array } => {
  const [, , channels] = shape;
  if (channels !== 1 && channels !== 3) {
    const rule = `a PNG holds 1 channel or 3, and sample ${id} has ${channels}`;
    throw new ArgumentError('bad-format', `${rule}; use a model of grey or colour images`);
  }
  const picture = pngOf(pixels, shape);
  return clean === undefined ? { picture } : { picture, clean: pngOf(clean, shape) };
};
