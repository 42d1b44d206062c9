import { basename, dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { openTfjsFiles } from '../checkpoints/tfjsModel.ts';
import { loadGraphModel } from '../engines/tfjs/graphModel.ts';
import { loadLayersModel } from '../engines/tfjs/layersModel.ts';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { openFolder } from './folder.ts';
import { writeWhole } from './output.ts';

/** A classifier from a file. */
export type OpenClassifier = {
  /** Probabilities `[N, classes]` of images in [0, 1]. */
  readonly classify: (images: tf.Tensor4D) => tf.Tensor;
  readonly dispose: () => void;
};

const LOADERS = { 'graph-model': loadGraphModel, 'layers-model': loadLayersModel };

/**
 * Opens a classifier in the `model.json` of TensorFlow.js: one input of images, one output of probabilities.
 *
 * @param path of the `model.json`; its weights lie beside it.
 * @throws ArgumentError `bad-classifier` for another kind of network.
 * @throws CheckpointError, EnvironmentError as for models.
 */
export const openClassifier = async (path: string, shape: ImageShape, classes: number): Promise<OpenClassifier> => {
  const files = await openTfjsFiles(await openFolder(dirname(path)), basename(path));
  const network = await LOADERS[files.format]({ ...files, name: path });
  const { inputs, outputs } = network.ports;
  const [input, output] = [inputs[0], outputs[0]];
  const wanted = [undefined, ...shape];
  const fits =
    input?.shape?.length === 4 &&
    input.shape.every((size, n) => size === undefined || wanted[n] === undefined || size === wanted[n]);
  const tells = output?.shape?.length === 2 && (output.shape[1] ?? classes) === classes;
  if (inputs.length === 1 && outputs.length === 1 && input && output && fits && tells) {
    const classify = (images: tf.Tensor4D) => tf.tidy(() => network.execute({ [input.name]: images }, output.name));
    return { classify, dispose: network.dispose };
  }
  network.dispose();
  const rule = `${path} must take images [N, ${shape.join(', ')}] and give [N, ${classes}], one column for each class`;
  throw new ArgumentError('bad-classifier', `${rule}; it takes ${say(inputs)} and gives ${say(outputs)}`);
};

const say = (ports: readonly { readonly shape: readonly (number | undefined)[] | undefined }[]): string =>
  ports.map(({ shape }) => (shape ? `[${shape.map((size) => size ?? 'N').join(', ')}]` : 'any shape')).join(' and ');

/**
 * Writes a classifier as `model.json` and `weights.bin`; `model.json` comes last, so that where it is the rest is too.
 *
 * @returns the path of the `model.json`.
 */
export const writeClassifier = async (classifier: Sequential, folder: string): Promise<string> => {
  const path = join(folder, 'model.json');
  const handler = tf.io.withSaveHandler(async ({ modelTopology, format, weightSpecs, weightData }) => {
    const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    const json = JSON.stringify({ modelTopology, format, weightsManifest: manifest });
    await writeWhole(join(folder, 'weights.bin'), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
    await writeWhole(path, new TextEncoder().encode(json));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await classifier.save(handler);
  return path;
};
