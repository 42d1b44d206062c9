import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // its threads do not survive minifying; ONNX Runtime's do

/** Has TensorFlow.js compute on a GPU if there is one, else on wasm; its name. */
export const chooseBackend = async () => {
  if (await hasGpu()) {
    await import('@tensorflow/tfjs-backend-webgpu');
    if (await tf.setBackend('webgpu')) return 'webgpu';
  }
  await tf.setBackend('wasm');
  return 'wasm';
};

/** A processor in disguise is slower than wasm. */
const hasGpu = async () => {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.isFallbackAdapter ?? adapter.info?.isFallbackAdapter);
};
