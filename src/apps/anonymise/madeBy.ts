import * as tf from '@tensorflow/tfjs-core';
import { shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Method, MethodCall } from './method.ts';

/** Images that a method is given at a time. */
const BATCH = 32;

/**
 * What a method makes of images, a batch at a time, each owned by who takes it.
 *
 * @param images `[N, h, w, c]` in [0, 1]; they stay the caller's.
 * @param places as many numbers.
 * @throws ArgumentError `bad-method` for anything but a copy of each image, of the same shape.
 */
export async function* madeBy(
  method: Method,
  images: tf.Tensor4D,
  { places, draw }: MethodCall,
): AsyncGenerator<tf.Tensor4D, void, undefined> {
  const [count] = images.shape;
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const batch = tf.slice(images, [from, 0, 0, 0], [size, -1, -1, -1]);
    try {
      yield await copiesOf(method, batch, { places: places.slice(from, from + size), draw });
    } finally {
      batch.dispose();
    }
  }
}

/** What a method makes of one batch, which stays the caller's; the copies are the caller's too. */
export const copiesOf = async (method: Method, images: tf.Tensor4D, call: MethodCall): Promise<tf.Tensor4D> => {
  const made: unknown = await method(images, call);
  if (made instanceof tf.Tensor && `${made.shape}` === `${images.shape}`) return made as tf.Tensor4D;
  const got = made instanceof tf.Tensor ? `[${made.shape}]` : shown(made);
  tf.dispose(made instanceof tf.Tensor ? made : []);
  throw new ArgumentError('bad-method', `a method must give copies of the images' shape [${images.shape}], got ${got}`);
};
