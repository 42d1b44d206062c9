import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import { kindOf } from './conditions.ts';

/**
 * Checks that something is a float32 tensor that is there.
 *
 * @param wanted what it must be, as the whole beginning of a message.
 * @throws ArgumentError `bad-images`.
 */
export const checkTensor = (x: unknown, wanted: string): tf.Tensor => {
  if (!(x instanceof tf.Tensor)) throw new ArgumentError('bad-images', `${wanted}, got ${kindOf(x)}`);
  if (x.isDisposed) throw new ArgumentError('bad-images', `${wanted}, got one that was disposed`);
  if (x.dtype === 'float32') return x;
  throw new ArgumentError('bad-images', `${wanted}, got one of ${x.dtype}; cast it, and scale it to [-1, 1]`);
};
