import * as tf from '@tensorflow/tfjs-core';
import { BoomerangError, EnvironmentError } from '../../errors.ts';
import { warnOnce } from '../../warn.ts';
import type { TfjsNetwork } from './network.ts';
import { guardWasmMemory } from './wasmMemory.ts';

/** How other backends say that they are out of memory. */
const WORDS = /out of memory|OOM when allocating|allocation failed|Aborted\(|memory access out of bounds/i;

/**
 * Runs a network on as many images at once as memory allows: where it does not do, on half as many, and from then on on
 * no more than that, said once.
 *
 * The network throws EnvironmentError `out-of-memory` where one image is too many.
 */
export const inParts = (network: TfjsNetwork): TfjsNetwork => {
  let most = Number.POSITIVE_INFINITY;
  return {
    run(x, timesteps, labels) {
      guardWasmMemory();
      for (;;) {
        const [count] = x.shape;
        try {
          return runParts(network, [x, timesteps, labels], Math.min(most, count));
        } catch (error) {
          if (!isOutOfMemory(error)) throw error;
          const tried = Math.min(most, count);
          if (tried <= 1 || isLost(error)) throw tooLarge(x, error);
          most = Math.ceil(tried / 2);
          warnOnce(`the ${tf.getBackend()} backend has no memory for ${tried} images at once; going on with ${most}`);
        }
      }
    },
    dispose: () => network.dispose(),
  };
};

const runParts = (
  network: TfjsNetwork,
  [x, timesteps, labels]: readonly [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D | undefined],
  most: number,
): tf.Tensor4D => {
  const [count] = x.shape;
  if (count <= most) return network.run(x, timesteps, labels);
  return tf.tidy(() => {
    const parts: tf.Tensor4D[] = [];
    for (let at = 0; at < count; at += most) {
      const size = Math.min(most, count - at);
      const part = <T extends tf.Tensor>(whole: T): T => tf.slice(whole, at, size);
      parts.push(tf.tidy(() => network.run(part(x), part(timesteps), labels && part(labels))));
    }
    return tf.concat(parts);
  });
};

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof BoomerangError
    ? error.code === 'out-of-memory'
    : error instanceof Error && WORDS.test(error.message);

/** A kernel of wasm that broke off leaves its memory in disorder. */
const isLost = (error: unknown): boolean => !(error instanceof BoomerangError) && tf.getBackend() === 'wasm';

const tooLarge = (x: tf.Tensor4D, cause: unknown): EnvironmentError => {
  const rule = `the ${tf.getBackend()} backend has no memory for this network on one image of [${x.shape.slice(1)}]`;
  const what = isLost(cause) ? `and cannot be used any more: start the process again` : 'beside what is held already';
  const remedy =
    'dispose of other tensors and models, use a smaller network, or the ONNX engine (npm install onnxruntime-node)';
  return new EnvironmentError('out-of-memory', `${rule} ${what}; ${remedy}`, { cause });
};
