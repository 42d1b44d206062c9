import * as tf from '@tensorflow/tfjs-core';
import { boomerang, loadModel } from 'tfjs-boomerang';
import { chooseBackend } from './backend.js';
import { picturesOf, tensorOf } from './pixels.js';

/*
 * Opens models and makes variants beside the page, which stays smooth. Comes in: { kind: 'open', address, engine } and
 * { kind: 'make', run, bitmaps, strength, count }. Goes out: 'progress', 'opened', 'pictures', 'made' and 'failed'.
 */

let model;
let images;
let newest = 0;

const open = async ({ address, engine }) => {
  model?.dispose();
  model = undefined;
  const backend = await chooseBackend();
  const onProgress = (progress) => postMessage({ kind: 'progress', ...progress });
  model = await loadModel(address, { engine, onProgress });
  postMessage({
    kind: 'opened',
    engine: model.engine,
    backend,
    shape: model.imageShape,
    parameters: model.parameterCount,
  });
};

const make = async ({ run, bitmaps, strength, count }) => {
  if (model === undefined) return;
  tf.dispose(images ?? []);
  images = tensorOf(bitmaps, model.imageShape);
  postMessage({ kind: 'pictures', run, column: 0, pictures: await picturesOf(images) });
  const start = performance.now();
  for (let variant = 0; variant < count; variant += 1) {
    const returned = await boomerang(model, images, { strength, seed: 'page', variant });
    const pictures = await picturesOf(returned);
    returned.dispose();
    if (run !== newest) return; // the slider has moved on
    postMessage({ kind: 'pictures', run, column: variant + 1, pictures });
  }
  postMessage({ kind: 'made', run, milliseconds: (performance.now() - start) / count / bitmaps.length });
};

const WORK = { open, make };
let turn = Promise.resolve();

addEventListener('message', ({ data }) => {
  if (data.kind === 'make') newest = data.run;
  turn = turn
    .then(() => (data.kind === 'make' && data.run !== newest ? undefined : WORK[data.kind](data)))
    .catch(({ code, message }) => postMessage({ kind: 'failed', code, message }));
});
