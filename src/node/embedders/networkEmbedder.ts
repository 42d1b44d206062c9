import { basename, dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { digestOf, digestOfNames, sha256 } from '../../checkpoints/digest.ts';
import { openTfjsFiles } from '../../checkpoints/tfjsModel.ts';
import { loadGraphModel } from '../../engines/tfjs/graphModel.ts';
import { loadLayersModel } from '../../engines/tfjs/layersModel.ts';
import { openFolder } from '../folder.ts';
import { portsOf } from '../onnx/foreignOnnx.ts';
import { readOnnx } from '../onnx/onnxProto.ts';
import { proveWeights } from '../onnx/soundWeights.ts';
import { hashFile } from '../onnx/weightsOnDisk.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import { type EmbedderPorts, embedderPorts, imagesFor } from './embedderPorts.ts';
import type { OpenEmbedder } from './openEmbedder.ts';

const LOADERS = { 'graph-model': loadGraphModel, 'layers-model': loadLayersModel };

/**
 * Opens an ONNX file as an embedder: one input of images, one output of vectors. It is run by ONNX Runtime on the
 * processor, as it is: images in [0, 1], resized to what it takes.
 *
 * @throws CheckpointError `no-such-model`, `bad-onnx`, `missing-weights`, `not-finite-weights`, `bad-graph`,
 *   `bad-embedder`, `bad-layout`.
 * @throws EnvironmentError `no-onnxruntime`.
 */
export const openOnnxEmbedder = async (path: string): Promise<OpenEmbedder> => {
  requireOnnxRuntime();
  const file = await readOnnx(path);
  const beside = await proveWeights(file, path);
  const hashes = [await sha256(file.bytes)];
  for (const each of beside) hashes.push(await hashFile(each));
  const ports = embedderPorts(portsOf(file.graph), path);
  const inputs = { x: ports.image, outputs: [ports.output], layout: ports.layout };
  const pool = await openSessionPool({ graph: path, inputs });
  const embed = async (images: tf.Tensor4D): Promise<(Float32Array | null)[]> => {
    const resized = imagesFor(images, ports, path);
    try {
      const [rows = 0, ...shape] = resized.shape;
      const [output] = await pool.runAsync({ rows, inputs: { x: { data: await resized.data(), shape } } });
      return rowsOf(output?.data ?? new Float32Array(), rows);
    } finally {
      resized.dispose();
    }
  };
  return Object.assign(embed, { id: idOf(path, await digestOfNames(hashes)), dispose: () => pool.dispose() });
};

/**
 * Opens a `model.json` of TensorFlow.js as an embedder: one input of images, one output of vectors. It is run on the
 * backend that is set, as it is: images in [0, 1], resized to what it takes.
 *
 * @throws CheckpointError as for models; `bad-embedder`, `bad-layout`.
 * @throws EnvironmentError `missing-package`, `no-kernel`.
 */
export const openTfjsEmbedder = async (path: string): Promise<OpenEmbedder> => {
  const files = await openTfjsFiles(await openFolder(dirname(path)), basename(path));
  const network = await LOADERS[files.format]({ ...files, name: path });
  let ports: EmbedderPorts;
  try {
    ports = embedderPorts(network.ports, path);
  } catch (error) {
    network.dispose();
    throw error;
  }
  const { image, output, layout } = ports;
  const embed = async (images: tf.Tensor4D): Promise<(Float32Array | null)[]> => {
    const made = tf.tidy(() => {
      const resized = imagesFor(images, ports, path);
      const laid = layout === 'nchw' ? tf.transpose(resized, [0, 3, 1, 2]) : resized;
      return network.execute({ [image]: laid }, output);
    });
    try {
      return rowsOf(await made.data<'float32'>(), images.shape[0]);
    } finally {
      made.dispose();
    }
  };
  const id = idOf(path, await digestOf([files.bytes, files.weightData]));
  return Object.assign(embed, { id, dispose: async () => network.dispose() });
};

/** The vectors of some images; one without length has no direction: the network saw nothing there, such as in one grey. */
const rowsOf = (values: Float32Array, rows: number): (Float32Array | null)[] =>
  Array.from({ length: rows }, (_, n) => {
    const row = values.slice((n * values.length) / rows, ((n + 1) * values.length) / rows);
    return row.every((value) => value === 0) ? null : row;
  });

/** Two files of the same bytes see alike, whatever they are called. */
const idOf = (path: string, digest: string): string => `${basename(path)} ${digest.slice(0, 12)}`;
