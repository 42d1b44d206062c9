import * as tf from '@tensorflow/tfjs-core';
import { computesOnGpu } from '../engines/tfjs/computesOnGpu.ts';
import { gpuSign } from './gpu/devices.ts';
import { installCommand } from './installCommand.ts';
import { finderOf } from './packageFiles.ts';

/** A backend of TensorFlow.js that runs in Node. */
export type BackendName = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu';

/** Why a backend cannot be had here, and the command that would mend it. */
export type BackendFault = { readonly why: string; readonly remedy: string };

type Source = {
  /** The name under which the packages register themselves with TensorFlow.js. */
  readonly registered: string;
  /** Packages that bring the backend; the first that loads is taken. */
  readonly packages: readonly [string, ...string[]];
};

/** From best to worst. Without a GPU, the GPU package is the same JavaScript and addon as `tfjs-node`. */
export const BACKENDS: Readonly<Record<BackendName, Source>> = {
  'tfjs-node-gpu': { registered: 'tensorflow', packages: ['@tensorflow/tfjs-node-gpu'] },
  'tfjs-node': { registered: 'tensorflow', packages: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] },
  wasm: { registered: 'wasm', packages: ['@tensorflow/tfjs-backend-wasm'] },
  cpu: { registered: 'cpu', packages: ['@tensorflow/tfjs-backend-cpu'] },
};

/**
 * Loads a backend and makes it the current one.
 *
 * @returns Nothing when the backend is in use; otherwise what is wrong, with the backend that was current before.
 */
export const takeBackend = async (name: BackendName): Promise<BackendFault | undefined> => {
  const { registered, packages } = BACKENDS[name];
  const before: string | undefined = tf.getBackend();
  const fault = (name === 'tfjs-node-gpu' ? gpuAbsence() : undefined) ?? provide(registered, packages);
  if (fault === undefined && (await tf.setBackend(registered))) {
    await tf.ready();
    if (name !== 'tfjs-node-gpu' || computesOnGpu()) return undefined; // the package falls back to the CPU in silence
  }
  if (before) await tf.setBackend(before); // loading tfjs-node makes it the current backend
  if (fault !== undefined) return fault;
  return name === 'tfjs-node-gpu'
    ? NO_CUDA
    : { why: 'it could not be initialised', remedy: installCommand(packages[0]) };
};

const NO_CUDA: BackendFault = {
  why: 'its TensorFlow found no usable CUDA and would compute on the CPU',
  remedy: 'conda install -c conda-forge cudatoolkit=11.2 cudnn=8.1, with $CONDA_PREFIX/lib on LD_LIBRARY_PATH',
};

const gpuAbsence = (): BackendFault | undefined => {
  if (process.platform === 'win32' || gpuSign() !== undefined) return undefined;
  return {
    why: 'no NVIDIA GPU is visible on this machine',
    remedy: 'run where there is one, in a container with: docker run --gpus all',
  };
};

const provide = (registered: string, packages: Source['packages']): BackendFault | undefined => {
  if (tf.findBackendFactory(registered) !== null) return undefined;
  const faults = packages.map((name) => {
    const fault = loadPackage(name);
    return fault === undefined && tf.findBackendFactory(registered) === null ? notShared(name) : fault;
  });
  return faults.includes(undefined) ? undefined : faults[0];
};

const notShared = (name: string): BackendFault => ({
  why: `${name} brought a copy of @tensorflow/tfjs-core of its own`,
  remedy: 'npm dedupe @tensorflow/tfjs-core',
});

const loadPackage = (name: string): BackendFault | undefined => {
  const finder = finderOf(name);
  if (finder === undefined) return { why: `${name} is not installed`, remedy: installCommand(name) };
  restoreIsNullOrUndefined();
  try {
    finder(name);
    return undefined;
  } catch (error) {
    return loadFault(name, error instanceof Error ? error.message : String(error));
  }
};

/** Installed without its install script, or with one that failed, tfjs-node lacks the addon or libtensorflow. */
const loadFault = (name: string, message: string): BackendFault => ({
  why: /native addon module/.test(message)
    ? `${name} is installed without its native addon: its install script did not run or failed`
    : `${name} does not load: ${message.split('\n')[0]}`,
  remedy: /tfjs-node/.test(name) ? `npm run install --prefix node_modules/${name}` : installCommand(name),
});

/**
 * tfjs-node 4.22 calls `util.isNullOrUndefined` in nearly every operation; Node 23 removed it. It must be back on the
 * real module object, not on an ES module namespace, before tfjs-node is loaded.
 */
export const restoreIsNullOrUndefined = (): void => {
  const util: { isNullOrUndefined?: (value: unknown) => boolean } = process.getBuiltinModule('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
};
