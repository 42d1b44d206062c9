import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { CheckpointError } from '../../errors.ts';
import type { Port } from '../../networks/binding.ts';
import { supplyEinsum } from './einsum.ts';
import { type ForeignModel, ioArtifacts, loadFault, type ModelArtifacts, openSizes } from './foreignModel.ts';
import { mayBeAbsent, optionalPackage } from './optionalPackage.ts';
import { guardWasmMemory } from './wasmMemory.ts';

type Layers = Pick<typeof import('@tensorflow/tfjs-layers'), 'loadLayersModel'>;

/**
 * Loads a layers model; its weights are used up exactly.
 *
 * @param load Imports the layers.
 * @throws CheckpointError `unknown-operation` for a layer that is not known, `bad-model`.
 * @throws EnvironmentError `out-of-memory`, `missing-package`.
 */
export const loadLayersModel = async (
  artifacts: ModelArtifacts,
  load: () => Promise<Layers> = () => import('@tensorflow/tfjs-layers').catch(mayBeAbsent),
): Promise<ForeignModel> => {
  const layers = await optionalPackage('@tensorflow/tfjs-layers', load);
  supplyEinsum();
  guardWasmMemory();
  checkLayers(artifacts.topology);
  const model = await loadWhole(layers, artifacts);
  let isDisposed = false;
  return {
    ports: { inputs: portsOf(model.inputs, model.inputNames), outputs: portsOf(model.outputs, model.outputNames) },
    execute: (inputs, output) => {
      const results = model.predictOnBatch(model.inputNames.map((name) => inputs[name] as tf.Tensor));
      return Array.isArray(results) ? (results[model.outputNames.indexOf(output)] as tf.Tensor) : results;
    },
    dispose: () => {
      if (!isDisposed) model.dispose();
      isDisposed = true;
    },
  };
};

/** Ports go by the names of their layers; those of their tensors change with every model that is loaded. */
const portsOf = (tensors: readonly SymbolicTensor[], names: readonly string[]): Port[] =>
  tensors.map(({ shape, dtype }, n) => ({
    name: names[n] as string,
    shape: openSizes(shape),
    isInteger: dtype === 'int32',
  }));

/** Layers are told by their class, at any depth, since a model may be a layer of another. */
const checkLayers = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  const { class_name: name, config, inbound_nodes: nodes } = value as Readonly<Record<string, unknown>>;
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  if (typeof name === 'string' && nodes !== undefined && known[name] === undefined) {
    const layer = String((config as { readonly name?: unknown } | undefined)?.name);
    const remedy = 'register its class with tf.serialization.registerClass';
    throw new CheckpointError('unknown-operation', `layer ${layer} is of the unknown class ${name}; ${remedy}`);
  }
  for (const inner of Object.values(value)) checkLayers(inner);
};

/**
 * The network first, then its weights: so there is something to free when they do not fit. The loader's own way would
 * lose both.
 */
const loadWhole = async (layers: Layers, artifacts: ModelArtifacts): Promise<LayersModel> => {
  const { weightSpecs, weightData, ...rest } = ioArtifacts(artifacts);
  let model: LayersModel | undefined;
  let weights: tf.NamedTensorMap = {};
  try {
    model = await layers.loadLayersModel(tf.io.fromMemory(rest));
    if (!model.built) model.build(model.inputs.map(({ shape }) => shape)); // a Sequential has no names of ports before
    weights = tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs ?? []);
    model.loadWeights(weights);
    return model;
  } catch (cause) {
    model?.dispose();
    throw loadFault(artifacts.name, cause);
  } finally {
    tf.dispose(weights);
  }
};
