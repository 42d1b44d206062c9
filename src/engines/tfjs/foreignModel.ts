import type * as tf from '@tensorflow/tfjs-core';
import { BoomerangError, CheckpointError } from '../../errors.ts';
import type { Ports } from '../../networks/binding.ts';
import type { Execute } from './boundNetwork.ts';

/** A network that TensorFlow.js itself loads. It owns its weights. */
export type ForeignModel = {
  readonly ports: Ports;
  /** Runs the network up to one of its outputs, within a tidy of the caller's. */
  execute(inputs: Parameters<Execute>[0], output: string): tf.Tensor;
  /** Frees the weights; doing it twice does no harm. */
  dispose(): void;
};

/** The files of a model, read and measured. */
export type ModelArtifacts = {
  /** For messages. */
  readonly name: string;
  /** `model.json` as it stands. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly topology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly tf.io.WeightsManifestEntry[];
  readonly weightData: Uint8Array<ArrayBuffer>;
};

/** What the loaders of TensorFlow.js take. */
export const ioArtifacts = ({ json, topology, weightSpecs, weightData }: ModelArtifacts): tf.io.ModelArtifacts => {
  const { weightsManifest, trainingConfig, ...rest } = json; // a loaded optimizer would only hold memory
  return { ...rest, modelTopology: topology, weightSpecs: [...weightSpecs], weightData: weightData.buffer };
};

/** Says which model it was that a loader of TensorFlow.js failed on. */
export const loadFault = (name: string, cause: unknown): BoomerangError => {
  if (cause instanceof BoomerangError) return cause;
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new CheckpointError('bad-model', `TensorFlow.js cannot load ${name}: ${reason}; convert it again`, { cause });
};

/** Sizes of a shape, undefined for those that may be anything. */
export const openSizes = (shape: readonly (number | null)[] | undefined): (number | undefined)[] | undefined =>
  shape?.map((size) => (size === null || size < 0 ? undefined : size));
