import * as tf from '@tensorflow/tfjs-core';
import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { computesOnGpu } from '../engines/tfjs/computesOnGpu.ts';
import { ArgumentError, EnvironmentError, pick } from '../errors.ts';
import { checkLoadOptions, type PipelineOptions } from '../models/loadOptions.ts';
import type { Engine, Model } from '../models/model.ts';
import { given, type Openers, openLocated, refuseDescription, TFJS_OPENERS } from '../models/openers.ts';
import { openModel } from '../models/openModel.ts';
import { checkText } from '../models/place.ts';
import { warnOnce } from '../warn.ts';
import { availableMemory } from './availableMemory.ts';
import type { DiskFolder } from './folder.ts';
import { chooseDevice } from './gpu/chooseDevice.ts';
import { sayOnce } from './gpu/sayOnce.ts';
import type { FetchOptions } from './hub/fetchModel.ts';
import { type FoundModel, locateModel } from './locateModel.ts';
import { openOnnxDiffusers } from './onnx/openOnnxDiffusers.ts';
import { openOnnxFile } from './onnx/openOnnxFile.ts';
import { checkPrecision, machineOf } from './onnx/precision.ts';
import type { SessionOptions } from './onnx/sessionOptions.ts';
import { DEVICES, type Device } from './sessions/device.ts';

/** What matters for a model from the hub; for a model in one file, what the file does not say; and what is to run it. */
export type LoadOptions = FetchOptions &
  ModelDescription &
  PipelineOptions &
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
 * @throws ArgumentError `bad-place`, `bad-options`, `unknown-option`, `unknown-engine`, `bad-engine` for an engine that
 *   cannot run such a model, `unknown-device`, `bad-device` for one that nothing is asked of, `unknown-precision`,
 *   `bad-precision` for one that cannot be had here, `bad-description`, `unexpected-description`.
 * @throws CheckpointError `no-such-model`, `pickle-refused`, `unsupported-format`, and those of `openModel`, `openTfjsModel` and `openOnnxFile`.
 * @throws EnvironmentError `no-onnxruntime`, `no-cache-folder` where ONNX Runtime was asked for and cannot be had,
 *   `no-device`, `device-failed` for a device that was asked for.
 * @throws the errors of `fetchModel` for a model from the hub.
 */
export const loadModel = async (place: string, options: LoadOptions = {}): Promise<Model> => {
  checkText(place);
  checkLoadOptions(options, ['engine', ...FETCH_OPTIONS, ...SESSION_OPTIONS]);
  pick(ENGINES, options.engine ?? 'auto', 'engine');
  checkPrecision(options.precision);
  const { revision, onProgress } = options;
  return openFound(await locateModel(place, given({ revision, onProgress })), options);
};

/**
 * As {@link loadModel}, for a model that was found already.
 *
 * @param options those of fetching count no more.
 */
export const openFound = async (found: FoundModel, options: LoadOptions = {}): Promise<Model> => {
  const { engine: asked = 'auto', revision, onProgress, ...others } = options;
  const { device: wanted, threads, sessions, maxBatch, maxWait, precision, ...description } = others;
  const machine = { engine: pick(ENGINES, asked, 'engine'), device: wanted };
  const { engine, device } =
    precision === undefined || precision === 'float32' ? machine : machineOf(precision, found, machine);
  const { place } = found;
  refuseDevice(engine, device);
  if (!found.isOnDisk) {
    if (engine === 'onnx') throw badEngine(engine, `${place} is not on this disk; fetch it first`);
    if (isNamed(device)) throw badDevice(device, `${place} is not on this disk`);
    return openLocated(TFJS_OPENERS, found, given(description));
  }
  const openers = diskOpeners(engine, given({ device, threads, sessions, maxBatch, maxWait, precision }));
  return openLocated(openers, found, given(description));
};

const ENGINES = { auto: 'auto', onnx: 'onnx', tfjs: 'tfjs' } as const;
const FETCH_OPTIONS = ['revision', 'onProgress'] satisfies (keyof FetchOptions)[];
const SESSION_OPTIONS = [
  'device',
  'sessions',
  'threads',
  'maxBatch',
  'maxWait',
  'precision',
] satisfies (keyof SessionOptions)[];

const diskOpeners = (engine: keyof typeof ENGINES, session: SessionOptions): Openers<DiskFolder> => ({
  async diffusers(located, asked) {
    refuseDescription(located, asked.description);
    if (engine === 'tfjs') return openModel(located.folder, asked.pipeline, availableMemory());
    return openDiffusers(located.folder, engine, { ...session, ...asked.pipeline });
  },
  async tfjs(located, asked) {
    if (engine === 'onnx') throw badEngine(engine, `${located.place} is a model of TensorFlow.js`);
    if (isNamed(session.device)) throw badDevice(session.device, `${located.place} is a model of TensorFlow.js`);
    return TFJS_OPENERS.tfjs(located, asked);
  },
  async onnx({ place, folder, file = '' }, { description }) {
    if (engine === 'tfjs') throw badEngine(engine, `${place} is an ONNX file`);
    return openOnnxFile(folder.locate(file), description, session);
  },
});

const openDiffusers = async (
  folder: DiskFolder,
  engine: 'auto' | 'onnx',
  { imageSize, clipSkip, ...session }: SessionOptions & PipelineOptions,
): Promise<Model> => {
  const pipeline = given({ imageSize, clipSkip });
  if (engine === 'auto' && !isNamed(session.device) && computesOnGpu()) {
    sayOnce(`TensorFlow.js computes on a GPU (${tf.getBackend()}); { engine: "onnx" } is for ONNX Runtime`);
    return openModel(folder, pipeline, availableMemory());
  }
  try {
    const { device: _, ...others } = session;
    return await openOnnxDiffusers(folder, { ...others, ...chooseDevice(session), ...pipeline });
  } catch (error) {
    const isAbsent = error instanceof EnvironmentError && error.code !== 'too-little-memory'; // tfjs needs more of it
    if (engine === 'onnx' || isNamed(session.device) || !isAbsent) throw error;
    warnOnce(`going on with tfjs, which is slower, since the ONNX engine cannot be had: ${error.message}`);
    return openModel(folder, pipeline, availableMemory());
  }
};

const isNamed = (device: SessionOptions['device']): device is Device => device !== undefined && device !== 'auto';

/** TensorFlow.js computes where its backend does. */
const refuseDevice = (engine: string, device: SessionOptions['device']): void => {
  pick({ auto: 'auto', ...DEVICES }, device ?? 'auto', 'device');
  if (engine === 'tfjs' && isNamed(device))
    throw badDevice(device, 'the engine "tfjs" computes where its backend does');
};

const badDevice = (device: Device, why: string): ArgumentError =>
  new ArgumentError('bad-device', `device "${device}" is for ONNX Runtime, and ${why}; leave device out`);

const badEngine = (engine: string, why: string): ArgumentError =>
  new ArgumentError('bad-engine', `the engine "${engine}" cannot run this model: ${why}; leave engine out`);
