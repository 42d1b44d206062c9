import sharp from 'sharp';
import { contactSheet } from '../../node/contactSheet.ts';
import type { SeenPicture } from '../../node/enhance/seenPicture.ts';
import { toBytes } from '../../node/images.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { Made } from './enhanceOne.ts';

/** A picture on its way: as it was seen, as it was made, and as it truly is, where that is known. */
export type Row = {
  readonly name: string;
  readonly seen: SeenPicture;
  readonly made: Made;
  readonly original?: SeenPicture;
};

/**
 * A page of what was seen, enlarged plainly and by a cubic filter, and of what was made. It shows the pictures that have
 * the size of the first.
 *
 * @returns the bytes of a PNG, and how many pictures are on it.
 */
export const drawSheet = async (all: readonly Row[]): Promise<{ readonly png: Uint8Array; readonly shown: number }> => {
  const [first] = all as readonly [Row];
  const { shape } = first.made;
  const rows = all.filter(({ made }) => String(made.shape) === String(shape));
  const hasOriginals = rows.every(({ original }) => original !== undefined);
  const isUncertain = rows.every(({ made }) => made.uncertainty !== undefined);
  const headers = [
    'seen',
    'bicubic',
    'enhanced',
    ...(isUncertain ? ['uncertain'] : []),
    ...(hasOriginals ? ['original'] : []),
  ];
  const png = await contactSheet({
    shape,
    columns: headers.map((header) => ({ header, count: 1 })),
    rows: await Promise.all(
      rows.map(async ({ name, seen, made, original }) => ({
        label: name,
        images: [
          await enlarged(seen, shape, 'nearest'),
          await enlarged(seen, shape, 'cubic'),
          made.pixels,
          ...(isUncertain ? [brightest(made.uncertainty as Float32Array)] : []),
          ...(hasOriginals ? [(original as SeenPicture).pixels] : []),
        ],
      })),
    ),
  });
  return { png, shown: rows.length };
};

const enlarged = async (
  { pixels, shape }: SeenPicture,
  [height, width, channels]: ImageShape,
  kernel: 'nearest' | 'cubic',
): Promise<Float32Array> => {
  const raw = { width: shape[1], height: shape[0], channels: channels === 1 ? 1 : 3 } as const;
  const image = sharp(toBytes(pixels), { raw }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const bytes = await image.resize(width, height, { kernel, fit: 'fill' }).raw().toBuffer();
  return Float32Array.from(bytes, (byte) => byte / 255);
};

/** Numbers from 0 to 1, the largest of which is 1. */
export const brightest = (values: Float32Array): Float32Array => {
  const most = values.reduce((largest, value) => Math.max(largest, value), 1e-6);
  return values.map((value) => value / most);
};
