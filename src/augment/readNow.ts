import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';

/**
 * The values of a tensor, read without waiting, as `dataset.map` needs them.
 *
 * @throws ArgumentError `needs-async` on a backend that can only be read by waiting.
 */
export const readNow = (tensor: tf.Tensor): Float32Array | Int32Array => {
  try {
    return tensor.dataSync<'float32' | 'int32'>();
  } catch (cause) {
    const remedy = 'use dataset.mapAsync(augment.async) instead of dataset.map(augment)';
    throw new ArgumentError(
      'needs-async',
      `the ${tf.getBackend()} backend cannot read pixels without waiting; ${remedy}`,
      { cause },
    );
  }
};
