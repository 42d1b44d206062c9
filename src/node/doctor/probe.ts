import { version_core } from '@tensorflow/tfjs-core';
import { BACKENDS, type BackendName, takeBackend } from '../backendPackage.ts';
import { finderOf } from '../packageFiles.ts';
import type { Device } from '../sessions/device.ts';
import { findOnnxRuntime } from '../sessions/onnxRuntime.ts';

/** What may compute: a backend of TensorFlow.js, or an engine that needs none. */
export type Subject = BackendName | 'onnx';

/** Whether something that may compute does, on this machine. */
export type Finding = {
  readonly name: Subject;
  readonly isUsable: boolean;
  /** Of the package that brings it; absent when none is installed. */
  readonly version?: string;
  /** What ONNX Runtime can compute on. */
  readonly devices?: readonly Device[];
  /** What is wrong, and the command that mends it, when it is not usable. */
  readonly why?: string;
  readonly remedy?: string;
};

/** Loads what is asked about. That cannot be undone, and may end the process: see `probeApart`. */
export const probe = async (name: Subject): Promise<Finding> => {
  if (name === 'onnx') {
    const found = findOnnxRuntime();
    const { version } = found;
    const fault = found.usable ? { devices: found.devices } : { why: found.why, remedy: found.remedy };
    return { name, isUsable: found.usable, ...(version === undefined ? {} : { version }), ...fault };
  }
  const version = installedVersion(name);
  const fault = await takeBackend(name);
  return { name, isUsable: fault === undefined, ...(version === undefined ? {} : { version }), ...fault };
};

/** All packages of TensorFlow.js carry the same number; the one that a backend comes in may still differ. */
const installedVersion = (name: BackendName): string | undefined => {
  for (const packageName of BACKENDS[name].packages) {
    const finder = finderOf(packageName);
    if (finder) return (finder(`${packageName}/package.json`) as { version: string }).version;
  }
  return undefined;
};

/** Version of `@tensorflow/tfjs-core`. */
export const coreVersion: string = version_core;
