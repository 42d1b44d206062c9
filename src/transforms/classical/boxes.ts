import * as tf from '@tensorflow/tfjs-core';
import type { ImageShape } from '../../tensors/noise.ts';

/** A rectangle of whole pixels; `bottom` and `right` are the first beyond it. */
export type Box = { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };

/** The part within an image of a rectangle around a pixel of it. */
export const boxAround = (
  { row, column }: { readonly row: number; readonly column: number },
  { height, width }: { readonly height: number; readonly width: number },
  [rows, columns]: ImageShape,
): Box => {
  const [top, left] = [row - Math.floor(height / 2), column - Math.floor(width / 2)];
  return {
    top: Math.max(top, 0),
    left: Math.max(left, 0),
    bottom: Math.min(top + height, rows),
    right: Math.min(left + width, columns),
  };
};

/** Pixels in a box. */
export const areaOf = ({ top, left, bottom, right }: Box): number => (bottom - top) * (right - left);

/** How much of an image remains: nothing within the box, this share elsewhere. */
export type Remains = { readonly share: number; readonly box?: Box | undefined };

/**
 * `images` where they remain, `others` for the rest.
 *
 * @param others of the same shape, or one number.
 * @returns float32, owned by the caller.
 */
export const blend = (images: tf.Tensor4D, others: tf.Tensor4D | number, remains: readonly Remains[]): tf.Tensor4D =>
  tf.tidy(() => {
    const [count, height, width] = images.shape;
    const map = new Float32Array(count * height * width);
    remains.forEach(({ share, box }, n) => {
      map.fill(share, n * height * width, (n + 1) * height * width);
      for (let row = box?.top ?? 0; box && row < box.bottom; row += 1) {
        const start = (n * height + row) * width;
        map.fill(0, start + box.left, start + box.right);
      }
    });
    const weights = tf.tensor4d(map, [count, height, width, 1]);
    return tf.add(tf.mul(images, weights), tf.mul(others, tf.sub(1, weights)));
  });
