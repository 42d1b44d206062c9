// #region browser
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { boomerang, loadModel } from 'tfjs-boomerang';

setWasmPaths('/'); // public/ holds the .wasm files of tfjs-backend-wasm, and models/
await tf.setBackend('wasm');
const model = await loadModel('/models/fashion-28');
const variants = await boomerang(model, tf.fill([1, 28, 28, 1], 0.25), { strength: 0.3, seed: 'a' });
// #endregion

document.title = `${model.engine}: ${variants.shape}`;
