// #region browser
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { boomerang, loadModel } from 'tfjs-boomerang';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // its threads do not survive minifying
await tf.setBackend('wasm');
const onProgress = ({ file, done, total }) => console.log(`${file}: ${done} of ${total} bytes`);
const model = await loadModel('/fashion-28', { onProgress });
const variants = await boomerang(model, tf.fill([1, 28, 28, 1], 0.25), { strength: 0.3, seed: 'a' });
// #endregion

document.title = `${model.engine}: ${variants.shape}`;
