import { assemble } from '../../models/assemble.ts';
import { shapesOf } from '../../models/facts.ts';
import { type PipelineOptions, readPipelineOptions } from '../../models/loadOptions.ts';
import {
  announceMemory,
  type MemoryNeeds,
  memoryNeeds,
  type NetworkNeeds,
  wholeNeeds,
} from '../../models/memoryNeeds.ts';
import type { Model } from '../../models/model.ts';
import { availableMemory } from '../availableMemory.ts';
import { userCacheFolder } from '../cacheFolder.ts';
import type { DiskFolder } from '../folder.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { convRanges } from './convRanges.ts';
import { type DiskCheckpoint, diskFacts, readDiskCheckpoint } from './diffusersGraph.ts';
import { openGraphFolder, weightHashes } from './graphFolder.ts';
import { openDenoiser, openRunners } from './openRunners.ts';
import { badPrecision } from './precision.ts';
import type { ChosenOptions } from './sessionOptions.ts';

/**
 * Opens a diffusers folder on ONNX Runtime, each of its networks in sessions of its own. JavaScript does not read the
 * weights: the graphs point into their files.
 *
 * @param cache where graphs are kept, for tests.
 * @throws ArgumentError `bad-precision` for int8 and a network that takes text, `bad-model` for one that cannot walk.
 * @throws CheckpointError as `openModel` does.
 * @throws EnvironmentError `no-onnxruntime`, `no-cache-folder`, `too-little-memory`.
 */
export const openOnnxDiffusers = async (
  folder: DiskFolder,
  { imageSize, clipSkip, precision = 'float32', ...options }: ChosenOptions & PipelineOptions = {},
  cache = userCacheFolder('onnx'),
): Promise<Model> => {
  requireOnnxRuntime();
  const pipeline = readPipelineOptions({
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(clipSkip === undefined ? {} : { clipSkip }),
  });
  const checkpoint = await readDiskCheckpoint(folder, pipeline);
  const { networks, outline, name } = checkpoint;
  if (precision === 'int8') refuseText(checkpoint);
  const needs = memoryNeeds(networks, shapesOf({ name, networks, imageSize: pipeline.imageSize }));
  const most = availableMemory();
  const isBanded = mostOf(needs, 'image') > most * BANDED_FROM;
  announceMemory(name, wholeNeeds(needs, isBanded ? 'bands' : 'whole'), { most, engine: 'onnx' });
  const graphs = await openGraphFolder(checkpoint.files, cache);
  const facts = await diskFacts(checkpoint, await weightHashes(graphs), pipeline);
  const opening = { facts, graphs, options, needs, ...(isBanded ? { banded: folder } : {}) };
  const own = { ...networks, sidecar: outline.sidecar };
  if (precision === 'float32') return assemble(facts, own, await openRunners(checkpoint, opening));
  if (precision === 'float16') {
    const half = { ...facts, precision, digest: `${facts.digest}-float16` };
    return assemble(half, own, await openRunners(checkpoint, { ...opening, real: 'float16' }));
  }
  const { ranges, digest } = await convRanges(graphs, {
    facts,
    open: (given) => openDenoiser(checkpoint, { ...opening, convRanges: given }),
  });
  return assemble(
    { ...facts, precision, digest: `${facts.digest}-int8-${digest}` },
    own,
    await openRunners(checkpoint, { ...opening, convRanges: ranges }),
  );
};

/** @throws ArgumentError `bad-precision`: what int8 costs such a network was never measured. */
const refuseText = ({ name, networks }: DiskCheckpoint): void => {
  if (!('embeddings' in networks.denoiser.architecture.inputs)) return;
  throw badPrecision('int8', `it is for networks without text, and that of ${name} takes prompts`);
};

/** From this share of the memory on the autoencoder runs on tfjs, in bands. */
const BANDED_FROM = 0.4;

const mostOf = ({ encoder, decoder }: MemoryNeeds, what: keyof NetworkNeeds): number =>
  Math.max(encoder?.[what] ?? 0, decoder?.[what] ?? 0);
