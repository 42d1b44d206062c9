import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { boomerang, boomerangAugment, loadModel } from '../../src/index.ts';

/** Runs in a browser: what `browser.test.ts` compares with Node. */
const run = async (): Promise<unknown> => {
  await tf.setBackend('cpu');
  const model = await loadModel(`${location.origin}/models/fashion-28`);
  const images = tf.fill([1, 28, 28, 1], 0.25) as tf.Tensor4D;
  const options = { strength: 0.3, steps: 2, seed: 'browser' } as const;
  const variants = await boomerang(model, images, options);
  const augmented = await boomerangAugment({ model, ...options }).async({ xs: images, ys: 3 });
  const result = {
    pixels: Array.from(await variants.data()),
    augmented: Array.from(await augmented.xs.data()),
    label: augmented.ys,
    digest: model.digest,
    engine: model.engine,
  };
  tf.dispose([images, variants, augmented.xs]);
  model.dispose();
  return { ...result, tensors: tf.memory().numTensors };
};

/** The same for a pipeline that walks in latents, and is told a prompt. */
const runLatent = async (): Promise<unknown> => {
  await tf.setBackend('cpu');
  const model = await loadModel(`${location.origin}/latent`, { imageSize: [16, 24] });
  const images = tf.fill([1, 16, 24, 3], 0.25) as tf.Tensor4D;
  const told = { prompt: 'a photo of a cat', negativePrompt: 'blurry', guidance: 3 };
  const variants = await boomerang(model, images, { strength: 0.3, steps: 2, seed: 'browser', ...told });
  const result = { pixels: Array.from(await variants.data()), digest: model.digest, engine: model.engine };
  tf.dispose([images, variants]);
  model.dispose();
  return { ...result, tensors: tf.memory().numTensors };
};

Object.assign(globalThis, { run, runLatent });
