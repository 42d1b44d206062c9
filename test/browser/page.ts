import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { BoomerangError, boomerang, boomerangAugment, loadModel } from '../../src/index.ts';

/** What computes in a page. */
export type Way = { readonly backend: string; readonly engine?: 'tfjs' | 'onnx'; readonly device?: 'cpu' | 'webgpu' };

/** What a page saw. */
export type Seen = {
  readonly pixels: readonly number[];
  readonly backend: string;
  readonly engine: string;
  readonly digest: string;
  /** Tensors that are left. */
  readonly tensors: number;
  /** What was told and warned of. */
  readonly said: readonly string[];
};

const said: string[] = [];
for (const kind of ['info', 'warn'] as const) console[kind] = (text: string) => said.push(text);

const seen = async (
  backend: string,
  work: () => Promise<Omit<Seen, 'backend' | 'tensors' | 'said'>>,
): Promise<Seen> => {
  said.length = 0;
  setWasmPaths('/');
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const result = await work();
  return { ...result, backend: tf.getBackend(), tensors: tf.memory().numTensors - before, said: [...said] };
};

const OPTIONS = { strength: 0.3, steps: 1, seed: 'browser' } as const;

/** Returns an image: what the tests compare with Node. On wasm two threads of ONNX Runtime share the work. */
const comeBack = ({ backend, ...options }: Way): Promise<Seen> =>
  seen(backend, async () => {
    if (options.device === 'cpu') (await import('onnxruntime-web/wasm')).env.wasm.numThreads = 2;
    const model = await loadModel('models/fashion-28', options);
    const images = tf.fill([1, 28, 28, 1], 0.25) as tf.Tensor4D;
    const variants = await boomerang(model, images, OPTIONS);
    const result = { pixels: Array.from(await variants.data()), engine: model.engine, digest: model.digest };
    tf.dispose([images, variants]);
    model.dispose();
    return result;
  });

/** The same by a transform, labels and all. */
const augment = ({ backend, ...options }: Way): Promise<Seen> =>
  seen(backend, async () => {
    const model = await loadModel(`${location.origin}/models/fashion-28`, options);
    const images = tf.fill([1, 28, 28, 1], 0.25) as tf.Tensor4D;
    const { xs, ys } = await boomerangAugment({ model, ...OPTIONS }).async({ xs: images, ys: 3 });
    const result = { pixels: [...(await xs.data()), ys], engine: model.engine, digest: model.digest };
    tf.dispose([images, xs]);
    model.dispose();
    return result;
  });

/** A pipeline that walks in latents, and is told a prompt. */
const comeBackLatent = ({ backend, ...options }: Way): Promise<Seen> =>
  seen(backend, async () => {
    const model = await loadModel(`${location.origin}/latent`, { imageSize: [16, 24], ...options });
    const images = tf.fill([1, 16, 24, 3], 0.25) as tf.Tensor4D;
    const told = { prompt: 'a photo of a cat', negativePrompt: 'blurry', guidance: 3 };
    const variants = await boomerang(model, images, { ...OPTIONS, ...told });
    const result = { pixels: Array.from(await variants.data()), engine: model.engine, digest: model.digest };
    tf.dispose([images, variants]);
    model.dispose();
    return result;
  });

/** The code and the message of what is refused when a model is opened, and then asked without waiting. */
const refusal = async ({ backend, ...options }: Way): Promise<readonly [code: string, message: string]> => {
  setWasmPaths('/');
  await tf.setBackend(backend);
  const images = tf.fill([1, 28, 28, 1], 0.25) as tf.Tensor4D;
  try {
    const model = await loadModel('models/fashion-28', options);
    boomerangAugment({ model, ...OPTIONS })(images);
    return ['', ''];
  } catch (error) {
    if (error instanceof BoomerangError) return [error.code, error.message];
    throw error;
  } finally {
    images.dispose();
  }
};

Object.assign(globalThis, { comeBack, augment, comeBackLatent, refusal });
