import * as tf from '@tensorflow/tfjs-core';
import { EnvironmentError } from '../../errors.ts';

/** The compiled code of the wasm backend, and what of it is used here. */
type WasmModule = {
  _malloc(bytes: number): number;
  _free(offset: number): void;
  readonly HEAPU8: Uint8Array;
};

const guarded = new WeakSet<WasmModule>();

/** Bytes that must be left for what the kernels take for themselves: where they find none, the process is lost. */
const RESERVE = 2 ** 26;
/** From this length of the heap on, out of 4 GiB, the reserve is looked after. */
const TIGHT = 2 ** 31 + 2 ** 30;

/**
 * Lets the wasm backend say that it is out of memory. Of itself it takes the answer "none" of its allocator for address 0,
 * writes there, and computes nonsense or traps from then on. Nothing happens on other backends, or the second time.
 */
export const guardWasmMemory = (): void => {
  if (tf.getBackend() !== 'wasm') return;
  const { wasm } = tf.backend() as unknown as { readonly wasm?: WasmModule };
  if (wasm === undefined || guarded.has(wasm)) return;
  guarded.add(wasm);
  wasm._free(wasm._malloc(1)); // its first call puts another function in its own place
  const { _malloc: allocate } = wasm;
  wasm._malloc = (bytes) => {
    const offset = allocate(bytes);
    if (offset !== 0 && hasReserve(wasm, allocate)) return offset;
    if (offset !== 0) wasm._free(offset);
    throw outOfMemory(bytes);
  };
};

const hasReserve = ({ HEAPU8, _free: free }: WasmModule, allocate: WasmModule['_malloc']): boolean => {
  if (HEAPU8.byteLength < TIGHT) return true;
  const reserve = allocate(RESERVE);
  if (reserve !== 0) free(reserve);
  return reserve !== 0;
};

const outOfMemory = (bytes: number): EnvironmentError => {
  const held = (tf.memory().numBytes / 1e6).toFixed(0);
  const rule = `the wasm backend has no ${(bytes / 1e6).toFixed(0)} MB left for a tensor; its tensors hold ${held} MB`;
  return new EnvironmentError('out-of-memory', `${rule} of at most 4 GB; use smaller batches, or dispose of tensors`);
};
