import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Degradation, Degrade } from './degradation.ts';

/**
 * Some pixels are not seen.
 *
 * @param mask line by line, 1 where the picture is seen and 0 where it is not, or true and false.
 * @throws ArgumentError `bad-mask` for other numbers, or where nothing is seen; `wrong-mask-size`.
 */
export const masked = (mask: ArrayLike<number | boolean>): Degrade => {
  const values = Float32Array.from(mask, Number);
  checkMask(values);
  const of = (imageShape: ImageShape): Degradation => {
    const [height, width] = imageShape;
    if (values.length !== height * width) {
      const rule = `a mask must have a number for each of ${height} x ${width} pixels, ${height * width}`;
      throw new ArgumentError('wrong-mask-size', `${rule}; got ${values.length}; resize it, by nearest neighbours`);
    }
    const asTensor = (): tf.Tensor4D => tf.tensor4d(values, [1, height, width, 1]);
    const seenOf = (images: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.mul(images, asTensor()));
    return {
      imageShape,
      seenShape: imageShape,
      degrade: seenOf,
      visible: seenOf,
      restore: (seen, trust = () => 1) => tf.tidy(() => tf.mul(seenOf(seen), trust(1))),
      guess: (seen) => tf.tidy(() => filled(seen, asTensor())),
    };
  };
  return { factor: 1, of };
};

const checkMask = (values: Float32Array): void => {
  const odd = values.find((value) => value !== 0 && value !== 1);
  if (odd !== undefined) {
    throw new ArgumentError('bad-mask', `a mask must be of 1 (seen) and 0 (not seen), got ${odd}; cut it at a half`);
  }
  if (!values.includes(1)) throw new ArgumentError('bad-mask', 'a mask must have a pixel that is seen, 1; it has none');
};

/** What is not seen becomes the mean of what lies beside it, from the edge of a hole to its middle. */
const filled = (seen: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D => {
  const around = (x: tf.Tensor4D): tf.Tensor4D => tf.avgPool(x, 3, 1, 'same');
  const [height, width] = [mask.shape[1], mask.shape[2]];
  let [known, images] = [mask, tf.mul<tf.Tensor4D>(seen, mask)];
  for (let reach = 0; reach < Math.max(height, width); reach += 1) {
    const share = around(known);
    const means = tf.div<tf.Tensor4D>(around(images), tf.maximum(share, 1e-6)); // 0 where nothing is near
    images = tf.add(images, tf.mul(means, tf.sub(1, known)));
    known = tf.cast<tf.Tensor4D>(tf.greater(share, 0), 'float32');
  }
  return images;
};
