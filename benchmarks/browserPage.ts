import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadModel, type Model, type WebLoadOptions } from '../src/index.ts';

/** What computes in a page. */
export type Lane = Required<Pick<WebLoadOptions, 'engine' | 'device'>> & { readonly backend: string };

const open = new Map<string, Promise<Model>>();
setWasmPaths('/');

/** Milliseconds of one evaluation of as many images, what comes out read. */
const evaluate = async ({ backend, ...options }: Lane, batch: number): Promise<number> => {
  await tf.setBackend(backend);
  const key = JSON.stringify([backend, options]);
  open.set(key, open.get(key) ?? loadModel('/models/fashion-28', options));
  const model = (await open.get(key)) as Model;
  const x = tf.zeros([batch, ...model.imageShape]) as tf.Tensor4D;
  await x.data();
  const start = performance.now();
  const y = await model.predictAsync(x, 400);
  await y.data();
  const took = performance.now() - start;
  tf.dispose([x, y]);
  return took;
};

Object.assign(globalThis, { evaluate });
