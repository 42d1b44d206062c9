import * as tf from '@tensorflow/tfjs-core';
import { BoomerangError, EnvironmentError } from '../errors.ts';

/** What of wasm's 4 GB one step may fill: the rest is for what lies between tensors, and for what else runs. */
const WASM_BYTES = 2.5e9;

/** How many bytes of tensors there may be at a time; undefined where nothing but the machine says so. */
export const memoryLimit = (): number | undefined => (tf.getBackend() === 'wasm' ? WASM_BYTES : undefined);

/** How a backend that has no memory left ends, in the words of emscripten, V8 and others. */
const SIGNS = /Aborted\(|out of memory|out of bounds|cannot enlarge memory|allocation failed|OOM/i;

/**
 * Runs work; a backend that runs out of memory in it is told in one line.
 *
 * @param what was computed, how large it is.
 * @throws EnvironmentError `out-of-memory`; other errors as they are.
 */
export const namingMemory = async <T>(what: () => string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BoomerangError || !(error instanceof Error) || !SIGNS.test(error.message)) throw error;
    const backend = tf.getBackend();
    const limit = backend === 'wasm' ? 'the 4 GB that wasm can hold' : `the memory of the backend ${backend}`;
    const remedy = 'make images, network or batch smaller, or take tfjs-node, in a new process: this one has run out';
    throw new EnvironmentError('out-of-memory', `${what()} does not fit into ${limit}; ${remedy}`, { cause: error });
  }
};
