import { type DiffusersOutline, outlineDiffusers } from '../../checkpoints/diffusers.ts';
import { digestOf } from '../../checkpoints/digest.ts';
import type { Folder } from '../../checkpoints/folder.ts';
import { assemble } from '../../models/assemble.ts';
import { factsOf, shapesOf } from '../../models/facts.ts';
import { type PipelineOptions, readPipelineOptions } from '../../models/loadOptions.ts';
import { announceMemory, memoryNeeds, wholeNeeds } from '../../models/memoryNeeds.ts';
import type { Model } from '../../models/model.ts';
import { type Networks, networksOf } from '../../models/networks.ts';
import { autoencoderWeights } from '../../networks/autoencoder.ts';
import { clipTextWeights } from '../../networks/clipTextWeights.ts';
import { matchWeights } from '../../networks/matchWeights.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import { tell } from '../../warn.ts';
import { chooseDevice, type Device } from './device.ts';
import {
  type LoadedFile,
  type LoadedTensor,
  readFiles,
  refuseNotFiniteTensors,
  sizeOf,
  tensorsIn,
} from './memoryNetworks.ts';
import { type NetworkTensors, openSessions } from './openSessions.ts';
import { importRuntime, type Runtime } from './runtime.ts';

/**
 * Opens a diffusers folder on onnxruntime-web, each of its networks in a session of its own. The graphs are those of
 * Node; they point into the files of weights, which are read once and not copied.
 *
 * @param asked where it computes; `auto` is a GPU, if there is one that is no processor.
 * @throws CheckpointError as `openModel` does.
 * @throws EnvironmentError `no-onnxruntime`, `no-device`, `too-little-memory`, `bad-graph`.
 */
export const openOnnxModel = async (
  folder: Folder,
  options: PipelineOptions,
  asked: 'auto' | Device,
): Promise<Model> => {
  const device = await chooseDevice(asked);
  const runtime = await importRuntime(device);
  const pipeline = readPipelineOptions(options);
  const outline = await outlineDiffusers(folder);
  const { name } = folder;
  const networks = networksOf(outline, name, pipeline);
  const known = { ...outline, ...pipeline, networks, name };
  const needs = memoryNeeds(networks, shapesOf(known));
  const most = device === 'cpu' ? MOST_WASM : Number.POSITIVE_INFINITY;
  announceMemory(name, wholeNeeds(needs), { most, engine: 'onnx' });
  const files = await readFiles(folder, outline);
  const tensors = tensorsOf(networks, outline, files);
  const parameterCount = Object.values(tensors).reduce((sum, part) => sum + parametersIn(part), 0);
  const digest = await digestOf([...outline.configBytes, ...files.map(({ bytes }) => bytes)]);
  const facts = factsOf({ ...known, parameterCount, digest });
  const runners = await openSessions({ networks, tensors, facts, needs, runtime, device, files });
  tell(describe(name, device, runtime));
  return assemble(facts, { ...networks, sidecar: outline.sidecar }, runners);
};

/** wasm counts its memory in 32 bits. */
const MOST_WASM = 2 ** 32;

const parametersIn = (tensors: ReadonlyMap<string, LoadedTensor>): number =>
  [...tensors.values()].reduce((sum, tensor) => sum + sizeOf(tensor), 0);

const tensorsOf = (
  { denoiser, autoencoder, text }: Networks,
  outline: DiffusersOutline,
  files: readonly LoadedFile[],
): NetworkTensors => {
  const { latent } = outline;
  const found: NetworkTensors = {
    denoiser: matchWeights(parameterShapes(denoiser.architecture), tensorsIn(files, outline.weightFiles)),
    ...(autoencoder && latent ? autoencoderWeights(autoencoder, tensorsIn(files, latent.autoencoder.weightFiles)) : {}),
    ...(text && latent?.text
      ? {
          text: matchWeights(
            parameterShapes(text.architecture),
            clipTextWeights(tensorsIn(files, latent.text.weightFiles), text.config),
          ),
        }
      : {}),
  };
  for (const part of Object.values(found)) refuseNotFiniteTensors(part);
  return found;
};

const describe = (name: string, device: Device, { env }: Runtime): string => {
  if (device === 'webgpu') return `${name} runs in ONNX Runtime on webgpu`;
  const remedy = globalThis.crossOriginIsolated ? '' : '; more need a page that is cross-origin isolated';
  return `${name} runs in ONNX Runtime on wasm, threads: ${env.wasm.numThreads ?? 1}${remedy}`;
};
