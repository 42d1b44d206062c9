/** Runs a model on wasm while hardly any of its 4 GiB are left, and prints what came of it; see `outOfMemory.test.ts`. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { BoomerangError } from '../../src/errors.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

/** Of blocks, in bytes; small ones last, so that no gap is left. */
const SIZES = [2 ** 23, 2 ** 19, 2 ** 15, 2 ** 12];

await tf.setBackend('wasm');
const model = await openModel(await openFolder(join(root, 'models/fashion-28')));
const { wasm } = tf.backend() as unknown as {
  readonly wasm: { _malloc(bytes: number): number; _free(offset: number): void };
};

/** Takes blocks, which nobody writes to, until there is no room for another. */
const fillUp = (blocks: number[]): unknown => {
  let refusal: unknown;
  for (const size of SIZES) {
    try {
      for (;;) blocks.push(wasm._malloc(size));
    } catch (error) {
      refusal = error;
    }
  }
  return refusal;
};
/** Gives back those that were taken first. */
const release = (blocks: number[], count = blocks.length): void => {
  for (const block of blocks.splice(0, count)) wasm._free(block);
};
const predict = (x: tf.Tensor4D): Float32Array =>
  tf.tidy(() =>
    model
      .predict(
        x,
        Array.from({ length: x.shape[0] }, (_, n) => 100 + n),
        3,
      )
      .dataSync<'float32'>(),
  );
const codeOf = (compute: () => unknown): { code: string; message: string } => {
  try {
    compute();
  } catch (error) {
    const { code, message } = error as BoomerangError;
    return { code, message };
  }
  return { code: 'none', message: '' };
};

const x = tf.randomUniform([48, 28, 28, 1], -1, 1, 'float32', 3) as tf.Tensor4D;
const one = tf.slice(x, 0, 1);
const [wanted, wantedOne] = [predict(x), predict(one)];
const before = tf.memory().numTensors;
const blocks: number[] = [];
const full = fillUp(blocks) as BoomerangError;
const none = codeOf(() => predict(one));
release(blocks, 5); // 40 MB: room for some 16 images
const parts = predict(x);
release(blocks);
const after = [predict(x), predict(one)] as const;
console.log(
  JSON.stringify({
    full: { code: full.code, message: full.message },
    none,
    difference: largestDifference(parts, wanted),
    later: largestDifference(after[0], wanted),
    laterOne: largestDifference(after[1], wantedOne),
    leaked: tf.memory().numTensors - before,
  }),
);
