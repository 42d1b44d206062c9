import * as tf from '@tensorflow/tfjs-core';
import { type Affine, isUnmoved } from './affine.ts';

/** What shows where an image was moved away: black, or the image mirrored at its border, whose pixels come twice. */
export type Fill = 'black' | 'reflect';

/**
 * Moves images, each its own way, with bilinear interpolation; whole pixels keep their very numbers.
 *
 * One gather for each of the four pixels around a point, which every backend has. `tf.image.transform` would do, but
 * tfjs-node has no such kernel and that of the cpu backend stops after the first image (4.22).
 *
 * @param images float32 `[N, H, W, C]`; left alone.
 * @returns the same shape, owned by the caller.
 */
export const resample = (
  images: tf.Tensor4D,
  affines: readonly Affine[],
  { fill, black }: { readonly fill: Fill; readonly black: number },
): tf.Tensor4D => {
  if (affines.every(isUnmoved)) return tf.clone(images);
  const [count, height, width, channels] = images.shape;
  const pixels = count * height * width;
  const corners = cornersOf(affines, { height, width, fill });
  return tf.tidy(() => {
    const table = tf.concat([tf.reshape(images, [pixels, channels]), tf.fill([1, channels], black)]);
    const parts = corners
      .filter(({ weights }) => weights.some((weight) => weight > 0)) // one is left of four when pixels stay whole
      .map(({ places, weights }) =>
        tf.mul(tf.gather(table, tf.tensor1d(places, 'int32')), tf.tensor2d(weights, [pixels, 1])),
      );
    return tf.reshape(tf.addN(parts), images.shape);
  });
};

/** For every pixel of a batch, which one to take and with which weight; the place after the last is black. */
type Corner = { readonly places: Int32Array; readonly weights: Float32Array };
type Frame = { readonly height: number; readonly width: number; readonly fill: Fill };

/** Plain numbers alone in its loop, no objects and no closures: on a processor, it is most of what such a change takes. */
const cornersOf = (affines: readonly Affine[], { height, width, fill }: Frame): Corner[] => {
  const size = height * width;
  const outside = affines.length * size;
  const corners = [0, 1, 2, 3].map(() => ({ places: new Int32Array(outside), weights: new Float32Array(outside) }));
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (const [n, [a, b, c, d, e, f]] of affines.entries()) {
    const first = n * size;
    for (let pixel = 0; pixel < size; pixel += 1) {
      const column = (pixel % width) - middleX;
      const row = Math.floor(pixel / width) - middleY;
      const x = whole(a * column + b * row + c + middleX); // from the top left corner
      const y = whole(d * column + e * row + f + middleY);
      const left = Math.floor(x);
      const top = Math.floor(y);
      for (let k = 0; k < 4; k += 1) {
        const corner = corners[k] as Corner;
        const right = k & 1;
        const below = k >> 1;
        const from = inside(left + right, width, fill);
        const down = inside(top + below, height, fill);
        corner.places[first + pixel] = from < 0 || down < 0 ? outside : first + down * width + from;
        corner.weights[first + pixel] = (right ? x - left : 1 - x + left) * (below ? y - top : 1 - y + top);
      }
    }
  }
  return corners;
};

/** A whole pixel where it was meant, though the sine of a right angle is not exact. */
const whole = (place: number): number => {
  const nearest = Math.round(place);
  return Math.abs(place - nearest) < 1e-9 ? nearest : place;
};

/** A row or column of the image, or -1 for black. */
const inside = (place: number, size: number, fill: Fill): number => {
  if (place >= 0 && place < size) return place;
  if (fill === 'black') return -1;
  const turn = ((place % (2 * size)) + 2 * size) % (2 * size);
  return turn < size ? turn : 2 * size - 1 - turn;
};
