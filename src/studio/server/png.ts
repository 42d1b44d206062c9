import sharp from 'sharp';
import type { ImageShape } from '../../tensors/noise.ts';

/** An image of bytes, `height * width * channels`, as a PNG of the same pixels. */
export const pngOf = async (
  bytes: Uint8Array,
  [height, width, channels]: ImageShape,
): Promise<Uint8Array<ArrayBuffer>> => {
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const image = sharp(bytes, { raw }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  return new Uint8Array(await image.png().toBuffer());
};

export const dataUrl = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
