import { basename, dirname } from 'node:path';
import type { ModelDescription } from '../../checkpoints/sidecar.ts';
import { ArgumentError, CheckpointError } from '../../errors.ts';
import { makeModel } from '../../models/makeModel.ts';
import type { Model } from '../../models/model.ts';
import { denoiserRunner } from '../../models/networkRunner.ts';
import { warnOnce } from '../../warn.ts';
import { openFolder } from '../folder.ts';
import { chooseDevice } from '../gpu/chooseDevice.ts';
import type { Device } from '../sessions/device.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { bytesHeld } from '../sessions/parallelism.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import { describeForeignOnnx } from './foreignOnnx.ts';
import { METADATA_KEY, readMetadata } from './metadata.ts';
import { type OnnxFile, readOnnx } from './onnxProto.ts';
import { onnxRunner } from './onnxRunner.ts';
import type { SessionOptions } from './sessionOptions.ts';
import { proveWeights } from './soundWeights.ts';
import { webgpuFault } from './webgpuFault.ts';

/**
 * Opens an ONNX file. One that `boomerang export` wrote says all that is needed; for another, schedule and prediction
 * are taken from `boomerang.json` beside it or from the caller, whose word counts more.
 *
 * @throws ArgumentError `bad-description`, `unexpected-description`.
 * @throws CheckpointError `no-such-model`, `bad-onnx`, `missing-weights`, `bad-external-data`, `not-finite-weights`,
 *   `bad-graph`, `bad-metadata`, `missing-description`, `bad-sidecar`, `bad-inputs`, `bad-output`, `bad-layout`,
 *   `bad-image-shape`, `wrong-on-webgpu`.
 * @throws EnvironmentError `no-onnxruntime`.
 */
export const openOnnxFile = async (
  path: string,
  description: ModelDescription,
  asked: SessionOptions = {},
): Promise<Model> => {
  requireOnnxRuntime();
  const file = await readOnnx(path);
  const options = { ...asked, ...deviceFor(file, path, asked) };
  const beside = await proveWeights(file, path);
  const own = file.model.metadataProps.find(({ key }) => key === METADATA_KEY)?.value;
  if (own === undefined) {
    const folder = await openFolder(dirname(path));
    const foreign = { ...file, folder, path: basename(path), beside };
    const { facts, inputs } = await describeForeignOnnx(foreign, description);
    const weightBytes = bytesHeld(facts.parameterCount);
    const pool = await openSessionPool({ ...options, inputs, weightBytes, graph: path });
    return makeModel(facts, denoiserRunner(onnxRunner(pool, ['output'])));
  }
  const [field] = Object.entries(description).find(([, value]) => value !== undefined) ?? [];
  if (field !== undefined) {
    throw new ArgumentError('unexpected-description', `${path} says all of itself; leave out ${field}`);
  }
  const facts = readMetadata(own, path);
  const weightBytes = bytesHeld(facts.parameterCount);
  const pool = await openSessionPool({ ...options, weightBytes, graph: path });
  return makeModel(facts, denoiserRunner(onnxRunner(pool)));
};

/** The graph is as it is: one that WebGPU computes wrong is run by the processor, or is refused. */
const deviceFor = (
  { graph }: OnnxFile,
  path: string,
  asked: SessionOptions,
): { readonly device: Device; readonly retreat?: string } => {
  const { device, canRetreat } = chooseDevice(asked);
  const fault = device === 'webgpu' ? webgpuFault(graph) : undefined;
  if (fault === undefined) return { device, ...(canRetreat ? { retreat: path } : {}) };
  if (!canRetreat) throw new CheckpointError('wrong-on-webgpu', `${path} has ${fault}; say { device: "cpu" }`);
  warnOnce(`${path} has ${fault}: it is run by the processor`);
  return { device: 'cpu' };
};
