import * as tf from '@tensorflow/tfjs-core';

/** Whether the backend of TensorFlow.js that is set computes on a GPU. tfjs-node-gpu itself says whether it does. */
export const computesOnGpu = (): boolean => {
  const name = tf.getBackend();
  if (name === 'webgpu' || name === 'webgl') return true;
  return name === 'tensorflow' && (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
};
