import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { memoryFolder } from '../../src/checkpoints/folder.ts';

/** A `model.json` that can be damaged, with the files beside it. */
export type ForeignFiles = {
  readonly json: Record<string, unknown>;
  readonly files: Map<string, Uint8Array>;
};

export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** What lies in a folder; `also` is put beside the model. */
export const folderOf = ({ json, files }: ForeignFiles, also: Readonly<Record<string, unknown>> = {}) =>
  memoryFolder(
    'foreign',
    new Map([
      ['model.json', encodeJson(json)],
      ...files,
      ...Object.entries(also).map(([path, value]): [string, Uint8Array] => [path, encodeJson(value)]),
    ]),
  );

/** Writes a model into a new folder, and says where its `model.json` is. */
export const writeModel = (folder: string, { json, files }: ForeignFiles, sidecar?: object): string => {
  const beside: [string, Uint8Array][] = sidecar === undefined ? [] : [['boomerang.json', encodeJson(sidecar)]];
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of [['model.json', encodeJson(json)] as const, ...files, ...beside]) {
    writeFileSync(join(folder, name), bytes);
  }
  return join(folder, 'model.json');
};

/** The matrix that mixes the channels of {@link graphFiles}' network, row by row. */
export const MIX = [1, 0.5, 0, 0, 1, 0.5, 0.5, 0, 1];

const dims = (...sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const placeholder = (name: string, type: string, ...sizes: readonly number[]) => ({
  name,
  op: 'Placeholder',
  attr: { dtype: { type }, shape: { shape: dims(...sizes) } },
});
const constant = (name: string, type: string) => ({ name, op: 'Const', attr: { dtype: { type } } });
const equation = Buffer.from('bhwc,cd->bhwd').toString('base64');

/**
 * A graph as the converter writes them, which says `x · MIX + t` for images `[N, 4, 4, 3]`; its timesteps are 64-bit
 * integers, its matrix is stored in steps of 0.5 as uint8, and its two weights are cut into files of 16 and 9 bytes.
 */
export const graphFiles = (): ForeignFiles => {
  const nodes = [
    placeholder('image_input', 'DT_FLOAT', -1, 4, 4, 3),
    placeholder('time_input', 'DT_INT64', -1),
    constant('mix', 'DT_FLOAT'),
    constant('shape', 'DT_INT32'),
    {
      name: 'mixed',
      op: 'Einsum',
      input: ['image_input', 'mix'],
      attr: { equation: { s: equation }, N: { i: '2' }, T: { type: 'DT_FLOAT' } },
    },
    {
      name: 'time',
      op: 'Cast',
      input: ['time_input'],
      attr: { SrcT: { type: 'DT_INT64' }, DstT: { type: 'DT_FLOAT' } },
    },
    { name: 'column', op: 'Reshape', input: ['time', 'shape'], attr: { T: { type: 'DT_FLOAT' } } },
    { name: 'sum', op: 'AddV2', input: ['mixed', 'column'], attr: { T: { type: 'DT_FLOAT' } } },
    { name: 'Identity', op: 'Identity', input: ['sum'], attr: { T: { type: 'DT_FLOAT' } } },
  ];
  const entry = (name: string, dtype: string, ...sizes: readonly number[]) => ({
    name: `${name}:0`,
    dtype,
    tensorShape: dims(...sizes),
  });
  const weights = [
    { name: 'shape', shape: [4], dtype: 'int32' },
    { name: 'mix', shape: [3, 3], dtype: 'float32', quantization: { dtype: 'uint8', min: 0, scale: 0.5 } },
  ];
  const stored = new Uint8Array([...new Uint8Array(new Int32Array([-1, 1, 1, 1]).buffer), ...MIX.map((x) => 2 * x)]);
  return {
    json: {
      format: 'graph-model',
      generatedBy: '2.11.0',
      convertedBy: 'TensorFlow.js Converter v4.22.0',
      signature: {
        inputs: {
          image: entry('image_input', 'DT_FLOAT', -1, 4, 4, 3),
          time_input: entry('time_input', 'DT_INT64', -1),
        },
        outputs: { noise: entry('Identity', 'DT_FLOAT', -1, 4, 4, 3) },
      },
      modelTopology: { node: nodes, library: {}, versions: { producer: 1286 } },
      weightsManifest: [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights }],
    },
    files: new Map([
      ['group1-shard1of2.bin', stored.slice(0, 16)],
      ['group1-shard2of2.bin', stored.slice(16)],
    ]),
  };
};

/**
 * A small layers model of images `[N, 4, 4, 3]` and timesteps `[N, 1]`, as TensorFlow.js saves it: a convolution of the
 * image plus a matrix times the timestep. All its weights are `weight`.
 */
export const layersFiles = async (weight = 0.25): Promise<ForeignFiles> => {
  const image = input({ shape: [4, 4, 3], name: 'image' });
  const time = input({ shape: [1], name: 'time' });
  const convolved = layers.conv2d({ filters: 3, kernelSize: 1, name: 'convolved' }).apply(image) as SymbolicTensor;
  const row = layers.dense({ units: 48, name: 'row' }).apply(time) as SymbolicTensor;
  const shaped = layers.reshape({ targetShape: [4, 4, 3], name: 'shaped' }).apply(row) as SymbolicTensor;
  const noise = layers.add({ name: 'noise' }).apply([convolved, shaped]) as SymbolicTensor;
  const network = model({ inputs: [image, time], outputs: noise });
  const weights = network.getWeights().map(({ shape }) => tf.fill(shape, weight));
  network.setWeights(weights);
  const saved: tf.io.ModelArtifacts[] = [];
  await network.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved.push(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  network.dispose();
  tf.dispose(weights);
  const { modelTopology, format, weightSpecs, weightData } = saved[0] as tf.io.ModelArtifacts;
  return {
    json: { modelTopology, format, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] },
    files: new Map([['weights.bin', new Uint8Array(weightData as ArrayBuffer)]]),
  };
};
