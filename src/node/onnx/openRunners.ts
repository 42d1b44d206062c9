import * as tf from '@tensorflow/tfjs-core';
import { readWeights } from '../../checkpoints/weightFiles.ts';
import type { Real } from '../../engines/onnx/graph.ts';
import type { GraphSizes, NetworkGraph } from '../../engines/onnx/networkGraph.ts';
import type { NetworkRunners } from '../../models/assemble.ts';
import { type AutoencoderRunners, autoencoderRunners } from '../../models/autoencoderRunners.ts';
import { batchWithin, type MemoryNeeds, type NetworkNeeds } from '../../models/memoryNeeds.ts';
import type { ModelFacts } from '../../models/model.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import { tell } from '../../warn.ts';
import type { DiskFolder } from '../folder.ts';
import { batchOnGpu, bytesHeld } from '../sessions/parallelism.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import { type DiskCheckpoint, type DiskNetwork, diskGraph, parametersIn } from './diffusersGraph.ts';
import { type GraphFolder, placeGraph, weightsName } from './graphFolder.ts';
import { onnxRunner } from './onnxRunner.ts';
import type { ChosenOptions } from './sessionOptions.ts';

/** What is known when the networks are opened. */
export type Opening = {
  readonly facts: ModelFacts;
  readonly graphs: GraphFolder;
  readonly options: ChosenOptions;
  readonly needs: MemoryNeeds;
  /** What the denoiser computes in; all else is float32. @defaultValue 'float32' */
  readonly real?: Real;
  /** Of the denoiser, for int8. */
  readonly convRanges?: NonNullable<NetworkGraph['convRanges']>;
  /** Where the autoencoder lies that is to run on tfjs, in bands: as a whole it would take too much memory. */
  readonly banded?: DiskFolder;
};

/** The denoiser, with `ranges` beside its output where its convolutions are to be measured. */
export const openDenoiser = (checkpoint: DiskCheckpoint, opening: Opening): Promise<NetworkRunner> => {
  const { facts, convRanges } = opening;
  const tokens = checkpoint.networks.text?.tokenizer.length ?? 0;
  const sizes = { ...sizeOf(facts.latentShape ?? facts.imageShape), tokens };
  const outputs = convRanges === 'measure' ? { outputs: ['output', 'ranges'] } : {};
  return openRunner(checkpoint, { ...opening, part: 'denoiser', sizes, ...outputs });
};

/** All networks in sessions; if one fails, none is left. */
export const openRunners = async (checkpoint: DiskCheckpoint, opening: Opening): Promise<NetworkRunners> => {
  const { banded, convRanges, ...others } = opening;
  const { imageShape, latentShape = imageShape } = opening.facts;
  const made: NetworkRunner[] = [];
  const own = async (opened: Promise<NetworkRunner>): Promise<NetworkRunner> => {
    const runner = await opened;
    made.push(runner);
    return runner;
  };
  const open = (part: Part, sizes: GraphSizes, outputs?: readonly string[]): Promise<NetworkRunner> =>
    own(openRunner(checkpoint, { ...others, part, sizes, ...(outputs ? { outputs } : {}) }));
  const { encoder, decoder, text, networks } = checkpoint;
  const tokens = networks.text?.tokenizer.length ?? 0;
  const [images, latents] = [sizeOf(imageShape), sizeOf(latentShape)];
  try {
    return {
      denoiser: await own(openDenoiser(checkpoint, opening)),
      ...(banded ? await runInBands(checkpoint, banded) : {}),
      ...(encoder && !banded ? { encoder: await open('encoder', images, ['output']) } : {}),
      ...(decoder && !banded ? { decoder: await open('decoder', latents) } : {}),
      ...(text ? { text: await open('text', { tokens }, ['lastHiddenState']) } : {}),
    };
  } catch (error) {
    for (const runner of made) runner.dispose();
    throw error;
  }
};

type Part = 'denoiser' | 'encoder' | 'decoder' | 'text';

/** The autoencoder on tfjs, which can take large pictures in bands; ONNX Runtime would hold them whole. */
const runInBands = async (
  { name, networks, outline }: DiskCheckpoint,
  folder: DiskFolder,
): Promise<AutoencoderRunners> => {
  const files: Parameters<typeof readWeights>[0][number][] = [];
  for (const file of outline.latent?.autoencoder.weightFiles ?? []) {
    files.push({ ...file, bytes: await folder.read(file.path) });
  }
  tell(
    `the autoencoder of ${name} runs on tfjs (${tf.getBackend()}), in bands: pictures of this size take much memory`,
  );
  return autoencoderRunners(networks.autoencoder as NonNullable<typeof networks.autoencoder>, readWeights(files));
};

const sizeOf = ([height, width]: readonly number[]): GraphSizes => ({ height: height ?? 0, width: width ?? 0 });

type OpeningOne = Opening & {
  readonly part: Part;
  readonly sizes: GraphSizes;
  /** Those that are wanted, if not all. */
  readonly outputs?: readonly string[];
};

const openRunner = async (checkpoint: DiskCheckpoint, opening: OpeningOne): Promise<NetworkRunner> => {
  const { graphs, options, part, sizes, outputs, needs, convRanges, real } = opening;
  const { device = 'cpu', canRetreat = false, ...others } = options;
  const { files, [part]: network } = checkpoint as DiskCheckpoint & Readonly<Record<Part, DiskNetwork>>;
  const names = new Map(files.map(({ path }, index) => [path, weightsName(index)]));
  const write = async (isForGpu: boolean): Promise<string> => {
    const bytes = await diskGraph(network, files, {
      sizes,
      refer: ({ path, begin, end }) => ({ location: names.get(path) ?? path, offset: begin, length: end - begin }),
      isForGpu,
      ...(convRanges ? { convRanges } : {}),
      ...(real && part === 'denoiser' ? { real } : {}),
    });
    return placeGraph(graphs, bytes);
  };
  const graph = await write(device !== 'cpu');
  const retreat = canRetreat ? { retreat: await write(false) } : {};
  const weightBytes = bytesHeld(parametersIn(network));
  const fitting = batchWithin(needs[part] as NetworkNeeds);
  const maxBatch = device === 'cpu' ? fitting : batchOnGpu(fitting, weightBytes, real);
  const inputs = outputs ? { inputs: { outputs } } : {};
  return onnxRunner(await openSessionPool({ maxBatch, ...others, device, graph, ...retreat, weightBytes, ...inputs }));
};
