import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import { isReadableNow } from '../tensors/finite.ts';

/**
 * The values of a tensor, read without waiting, as `dataset.map` needs them.
 *
 * @throws ArgumentError `needs-async` on a backend that can only be read by waiting; what TensorFlow.js throws where a
 * tensor cannot be read at all.
 */
export const readNow = (tensor: tf.Tensor): Float32Array | Int32Array => {
  if (isReadableNow()) return tensor.dataSync<'float32' | 'int32'>();
  throw needsAsync(`the ${tf.getBackend()} backend cannot read pixels without waiting`);
};

export const needsAsync = (reason: string): ArgumentError =>
  new ArgumentError(
    'needs-async',
    `${reason}; use dataset.mapAsync(augment.async) instead of dataset.map(augment), or augmentDataset`,
  );
