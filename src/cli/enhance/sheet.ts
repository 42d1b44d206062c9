import * as tf from '@tensorflow/tfjs-core';
import { enlarged } from '../../apps/enhance/degrade/enlarged.ts';
import { contactSheet } from '../../node/contactSheet.ts';
import type { SeenPicture } from '../../node/enhance/seenPicture.ts';
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
          await asPlain(seen, shape, false),
          await asPlain(seen, shape, true),
          made.pixels,
          ...(isUncertain ? [brightest(made.uncertainty as Float32Array)] : []),
          ...(hasOriginals ? [(original as SeenPicture).pixels] : []),
        ],
      })),
    ),
  });
  return { png, shown: rows.length };
};

/** With every pixel a square, or by the cubic filter that people know. */
const asPlain = async (
  { pixels, shape }: SeenPicture,
  [height, width]: ImageShape,
  isCubic: boolean,
): Promise<Float32Array> => {
  const large = tf.tidy(() => {
    const small = tf.tensor4d(pixels, [1, ...shape]);
    return isCubic
      ? enlarged(small, [height, width])
      : tf.image.resizeNearestNeighbor(small, [height, width], false, true);
  });
  return large.data<'float32'>().finally(() => large.dispose());
};

/** Numbers from 0 to 1, the largest of which is 1. */
export const brightest = (values: Float32Array): Float32Array => {
  const most = values.reduce((largest, value) => Math.max(largest, value), 1e-6);
  return values.map((value) => value / most);
};
