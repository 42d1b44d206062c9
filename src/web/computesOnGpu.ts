import * as tf from '@tensorflow/tfjs-core';

/** Whether the backend that is set computes on a GPU, which outruns ONNX Runtime on a processor. */
export const computesOnGpu = (): boolean => ['webgpu', 'webgl'].includes(tf.getBackend());
