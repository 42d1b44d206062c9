import type { GraphSizes } from '../../engines/onnx/networkGraph.ts';
import { assemble, type NetworkRunners } from '../../models/assemble.ts';
import { type PipelineOptions, readPipelineOptions } from '../../models/loadOptions.ts';
import type { Model, ModelFacts } from '../../models/model.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import { userCacheFolder } from '../cacheFolder.ts';
import type { DiskFolder } from '../folder.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { bytesHeld } from '../sessions/parallelism.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import {
  type DiskCheckpoint,
  type DiskNetwork,
  diskFacts,
  diskGraph,
  parametersIn,
  readDiskCheckpoint,
} from './diffusersGraph.ts';
import { type GraphFolder, openGraphFolder, placeGraph, weightHashes, weightsName } from './graphFolder.ts';
import { onnxRunner } from './onnxRunner.ts';

/** How ONNX Runtime is to compute. */
export type SessionOptions = {
  /** Sessions that share the work, each with a thread of its own. By default as many as suit the machine. */
  readonly sessions?: number;
  /** Threads within a session. By default as many as suit the machine. */
  readonly threads?: number;
  /** Images that go through a session at once, at most. @defaultValue 16, fewer where each takes much memory */
  readonly maxBatch?: number;
  /** How long a batch waits for callers that are expected back, in milliseconds. @defaultValue 2 */
  readonly maxWait?: number;
};

/**
 * Opens a diffusers folder on ONNX Runtime, each of its networks in sessions of its own. JavaScript does not read the
 * weights: the graphs point into their files.
 *
 * @param cache where graphs are kept, for tests.
 * @throws CheckpointError as `openModel` does.
 * @throws EnvironmentError `no-onnxruntime`, `no-cache-folder`.
 */
export const openOnnxDiffusers = async (
  folder: DiskFolder,
  { imageSize, clipSkip, ...options }: SessionOptions & PipelineOptions = {},
  cache = userCacheFolder('onnx'),
): Promise<Model> => {
  requireOnnxRuntime();
  const pipeline = readPipelineOptions({
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(clipSkip === undefined ? {} : { clipSkip }),
  });
  const checkpoint = await readDiskCheckpoint(folder, pipeline);
  const graphs = await openGraphFolder(checkpoint.files, cache);
  const facts = await diskFacts(checkpoint, await weightHashes(graphs), pipeline);
  const { networks, outline } = checkpoint;
  return assemble(
    facts,
    { ...networks, sidecar: outline.sidecar },
    await openRunners(checkpoint, { facts, graphs, options }),
  );
};

type Opening = { readonly facts: ModelFacts; readonly graphs: GraphFolder; readonly options: SessionOptions };

/** All networks in sessions; if one fails, none is left. */
const openRunners = async (checkpoint: DiskCheckpoint, opening: Opening): Promise<NetworkRunners> => {
  const { imageShape, latentShape = imageShape } = opening.facts;
  const made: NetworkRunner[] = [];
  const open = async (network: DiskNetwork, sizes: GraphSizes, outputs?: readonly string[]): Promise<NetworkRunner> => {
    const runner = await openRunner(network, { ...opening, checkpoint, sizes, outputs });
    made.push(runner);
    return runner;
  };
  const { denoiser, encoder, decoder, text, networks } = checkpoint;
  const tokens = networks.text?.tokenizer.length ?? 0;
  const [images, latents] = [sizeOf(imageShape), sizeOf(latentShape)];
  try {
    return {
      denoiser: await open(denoiser, { ...latents, tokens }),
      ...(encoder ? { encoder: await open(encoder, images, ['output']) } : {}),
      ...(decoder ? { decoder: await open(decoder, latents) } : {}),
      ...(text ? { text: await open(text, { tokens }, ['lastHiddenState']) } : {}),
    };
  } catch (error) {
    for (const runner of made) runner.dispose();
    throw error;
  }
};

const sizeOf = ([height, width]: readonly number[]): GraphSizes => ({ height: height ?? 0, width: width ?? 0 });

type OpeningOne = Opening & {
  readonly checkpoint: DiskCheckpoint;
  readonly sizes: GraphSizes;
  /** Those that are wanted, if not all. */
  readonly outputs: readonly string[] | undefined;
};

const openRunner = async (
  network: DiskNetwork,
  { checkpoint: { files }, graphs, options, sizes, outputs }: OpeningOne,
): Promise<NetworkRunner> => {
  const names = new Map(files.map(({ path }, index) => [path, weightsName(index)]));
  const bytes = await diskGraph(network, files, {
    sizes,
    refer: ({ path, begin, end }) => ({ location: names.get(path) ?? path, offset: begin, length: end - begin }),
  });
  const graph = await placeGraph(graphs, bytes);
  const weightBytes = bytesHeld(parametersIn(network));
  const inputs = outputs ? { inputs: { outputs } } : {};
  return onnxRunner(await openSessionPool({ ...options, graph, weightBytes, ...inputs }));
};
