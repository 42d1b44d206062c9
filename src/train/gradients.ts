import * as tf from '@tensorflow/tfjs-core';
import { EnvironmentError } from '../errors.ts';
import { registerWasmTrainingKernels } from './wasmKernels.ts';

/**
 * Makes sure that the operations of a network can be differentiated: tfjs-core alone registers no gradients, tfjs-layers
 * brings them all; and wasm lacks some kernels.
 *
 * @throws EnvironmentError `no-gradients`.
 */
export const loadGradients = async (): Promise<void> => {
  if (tf.getBackend() === 'wasm') registerWasmTrainingKernels();
  if (tf.getGradient(tf.AvgPool) !== undefined) return;
  try {
    await import('@tensorflow/tfjs-layers');
  } catch (cause) {
    const remedy = 'npm install @tensorflow/tfjs-layers';
    throw new EnvironmentError('no-gradients', `training needs the gradients that tfjs-layers brings: ${remedy}`, {
      cause,
    });
  }
};
