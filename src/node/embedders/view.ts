import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Box } from '../../apps/anonymise/boxes.ts';
import type { Tf } from './faceReader.ts';

/** A square that is looked at in a picture, in its pixels; it may reach beyond it, which is then of one grey. */
export type Square = { readonly top: number; readonly left: number; readonly side: number };

/** How a square is shown: as `size` times `size` pixels, with what lies outside the picture from 0, black, to 255. */
export type Showing = { readonly size: number; readonly outside: number };

/** The square around a box's middle whose side is so many times the box's longer one. */
export const squareAround = ({ top, left, height, width }: Box, times: number): Square => {
  const side = times * Math.max(height, width);
  return { top: top + (height - side) / 2, left: left + (width - side) / 2, side };
};

/** A whole picture as a box. */
export const wholeOf = ({ shape: [height, width] }: Tfjs.Tensor3D): Box => ({ top: 0, left: 0, height, width });

/**
 * What is seen in a square of a picture.
 *
 * @returns `[1, size, size, 3]`, owned by the caller.
 */
export const viewOf = (
  tf: Tf,
  picture: Tfjs.Tensor3D,
  { top, left, side, size, outside }: Square & Showing,
): Tfjs.Tensor4D => {
  const [height, width] = picture.shape.map((length) => Math.max(1, length - 1)) as [number, number];
  // corners of the crop are the middles of its outermost pixels
  const inset = (side / size - 1) / 2;
  const span = side - side / size;
  const [y, x] = [top + inset, left + inset];
  const corners = [[y / height, x / width, (y + span) / height, (x + span) / width]] as [
    [number, number, number, number],
  ];
  return tf.tidy(() =>
    tf.image.cropAndResize(tf.expandDims<Tfjs.Tensor4D>(picture), corners, [0], [size, size], 'bilinear', outside),
  );
};

/** A box in a view of `size` times `size` pixels as it lies in the picture, or beyond its edges. */
export const boxInPicture = (box: Box, { top, left, side }: Square, size: number): Box => {
  const scale = side / size;
  return {
    top: top + box.top * scale,
    left: left + box.left * scale,
    height: box.height * scale,
    width: box.width * scale,
  };
};

/** A box cut off at the edges of a picture; of no area where it lies outside. */
export const clipped = (box: Box, { shape: [height, width] }: Tfjs.Tensor3D): Box => {
  const [top, left] = [within(box.top, height), within(box.left, width)];
  return {
    top,
    left,
    height: within(box.top + box.height, height) - top,
    width: within(box.left + box.width, width) - left,
  };
};

const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
