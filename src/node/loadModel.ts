import * as tf from '@tensorflow/tfjs-core';
import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { ArgumentError, EnvironmentError, pick } from '../errors.ts';
import { fetchFolder } from '../models/fetchFolder.ts';
import type { Engine, Model } from '../models/model.ts';
import { openModel } from '../models/openModel.ts';
import { openPlace } from '../models/openPlace.ts';
import { warnOnce } from '../warn.ts';
import { openFolder } from './folder.ts';
import type { FetchOptions } from './hub/fetchModel.ts';
import { onDisk } from './hub/onDisk.ts';
import { openOnnxDiffusers, type SessionOptions } from './onnx/openOnnxDiffusers.ts';
import { openOnnxFile } from './onnx/openOnnxFile.ts';

/** What matters for a model from the hub; for a model in one file, what the file does not say; and what is to run it. */
export type LoadOptions = FetchOptions &
  ModelDescription &
  SessionOptions & {
    /**
     * `auto` is the fastest that can be had: TensorFlow.js where its backend computes on a GPU, else ONNX Runtime if
     * `onnxruntime-node` is installed, else TensorFlow.js. @defaultValue 'auto'
     */
    readonly engine?: 'auto' | Engine;
  };

/**
 * Opens a pretrained diffusion model: in the layout of diffusers from a folder on disk, from the Hugging Face hub
 * (`owner/name`) or from an address; or in one file, a `model.json` of TensorFlow.js or an ONNX file, with what it does
 * not say in the options or in a `boomerang.json` beside it.
 *
 * @returns a model, whose `engine` says what runs it; dispose it when done.
 * @throws ArgumentError `unknown-engine`, `bad-engine` for an engine that cannot run such a model,
 *   `unexpected-description`.
 * @throws CheckpointError `no-such-model`, and those of `openModel`, `openTfjsModel` and `openOnnxFile`.
 * @throws EnvironmentError `no-onnxruntime`, `no-cache-folder` where ONNX Runtime was asked for and cannot be had.
 * @throws the errors of `fetchModel` for a model from the hub.
 */
export const loadModel = async (place: string, options: LoadOptions = {}): Promise<Model> => {
  const {
    engine: asked = 'auto',
    revision,
    onProgress,
    threads,
    sessions,
    maxBatch,
    maxWait,
    ...description
  } = options;
  const engine = pick(ENGINES, asked, 'engine');
  const session = given({ threads, sessions, maxBatch, maxWait });
  if (/^https?:\/\//.test(place)) {
    if (engine === 'onnx') throw badEngine(engine, `${place} is not on this disk; fetch it first`);
    return openPlace(place, description, fetchFolder);
  }
  const path = await onDisk(place, given({ revision, onProgress }));
  if (/\.onnx$/i.test(path)) {
    if (engine === 'tfjs') throw badEngine(engine, `${path} is an ONNX file`);
    return openOnnxFile(path, description, session);
  }
  const isFile = /\.json$/i.test(path);
  if (isFile && engine === 'onnx') throw badEngine(engine, `${path} is a model of TensorFlow.js`);
  const isDescribed = Object.keys(given(description)).length > 0; // refused for a folder
  if (isFile || isDescribed || engine === 'tfjs') return openPlace(path, description, openFolder);
  return openDiffusers(path, engine, session);
};

const ENGINES = { auto: 'auto', onnx: 'onnx', tfjs: 'tfjs' } as const;

const openDiffusers = async (path: string, engine: 'auto' | 'onnx', session: SessionOptions): Promise<Model> => {
  const folder = await openFolder(path);
  if (engine === 'auto' && computesOnGpu()) return openModel(folder);
  try {
    return await openOnnxDiffusers(folder, session);
  } catch (error) {
    if (engine === 'onnx' || !(error instanceof EnvironmentError)) throw error;
    warnOnce(`going on with tfjs, which is slower, since the ONNX engine cannot be had: ${error.message}`);
    return openModel(folder);
  }
};

/** Whether the backend that is set computes on a GPU, which outruns ONNX Runtime on a processor. */
const computesOnGpu = (): boolean => {
  const name = tf.getBackend();
  if (name === 'webgpu') return true;
  return name === 'tensorflow' && (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
};

const badEngine = (engine: string, why: string): ArgumentError =>
  new ArgumentError('bad-engine', `the engine "${engine}" cannot run this model: ${why}; leave engine out`);

/** The fields that have a value. */
const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
