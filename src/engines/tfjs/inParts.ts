import * as tf from '@tensorflow/tfjs-core';
import { BoomerangError, EnvironmentError } from '../../errors.ts';
import { warnOnce } from '../../warn.ts';
import type { NamedTensors, TfjsNetwork } from './network.ts';
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
    run(inputs) {
      guardWasmMemory();
      const count = countOf(inputs);
      for (;;) {
        try {
          return runParts(network, inputs, Math.min(most, count));
        } catch (error) {
          if (!isOutOfMemory(error)) throw error;
          const tried = Math.min(most, count);
          if (tried <= 1 || isLost(error)) throw tooLarge(inputs, error);
          most = Math.ceil(tried / 2);
          warnOnce(`the ${tf.getBackend()} backend has no memory for ${tried} images at once; going on with ${most}`);
        }
      }
    },
    dispose: () => network.dispose(),
  };
};

const countOf = (inputs: NamedTensors): number => Object.values(inputs)[0]?.shape[0] ?? 0;

/** The same inputs for some of the images only. */
export const rowsOf = (inputs: NamedTensors, at: number, size: number): NamedTensors =>
  Object.fromEntries(Object.entries(inputs).map(([name, whole]) => [name, tf.slice(whole, at, size)]));

const runParts = (network: TfjsNetwork, inputs: NamedTensors, most: number): NamedTensors => {
  const count = countOf(inputs);
  if (count <= most) return network.run(inputs);
  return tf.tidy(() => {
    const parts: NamedTensors[] = [];
    for (let at = 0; at < count; at += most) {
      const size = Math.min(most, count - at);
      parts.push(tf.tidy(() => network.run(rowsOf(inputs, at, size)) as tf.NamedTensorMap));
    }
    const names = Object.keys(parts[0] ?? {});
    return Object.fromEntries(names.map((name) => [name, tf.concat(parts.map((part) => part[name] as tf.Tensor))]));
  });
};

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof BoomerangError
    ? error.code === 'out-of-memory'
    : error instanceof Error && WORDS.test(error.message);

/** A kernel of wasm that broke off leaves its memory in disorder. */
const isLost = (error: unknown): boolean => !(error instanceof BoomerangError) && tf.getBackend() === 'wasm';

const tooLarge = (inputs: NamedTensors, cause: unknown): EnvironmentError => {
  const [first] = Object.values(inputs);
  const rule = `the ${tf.getBackend()} backend has no memory for this network on one image of [${first?.shape.slice(1)}]`;
  const what = isLost(cause) ? `and cannot be used any more: start the process again` : 'beside what is held already';
  const remedy =
    'dispose of other tensors and models, use a smaller network, or the ONNX engine (npm install onnxruntime-node)';
  return new EnvironmentError('out-of-memory', `${rule} ${what}; ${remedy}`, { cause });
};
