import * as tf from '@tensorflow/tfjs-core';
import { readWeights } from '../../checkpoints/weightFiles.ts';
import type { GraphSizes } from '../../engines/onnx/networkGraph.ts';
import type { NetworkRunners } from '../../models/assemble.ts';
import { type AutoencoderRunners, autoencoderRunners } from '../../models/autoencoderRunners.ts';
import { batchWithin, type MemoryNeeds, type NetworkNeeds } from '../../models/memoryNeeds.ts';
import type { ModelFacts } from '../../models/model.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import { tell } from '../../warn.ts';
import type { DiskFolder } from '../folder.ts';
import { bytesHeld } from '../sessions/parallelism.ts';
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
  /** Where the autoencoder lies that is to run on tfjs, in bands: as a whole it would take too much memory. */
  readonly banded?: DiskFolder;
};

/** All networks in sessions; if one fails, none is left. */
export const openRunners = async (checkpoint: DiskCheckpoint, opening: Opening): Promise<NetworkRunners> => {
  const { imageShape, latentShape = imageShape } = opening.facts;
  const made: NetworkRunner[] = [];
  const open = async (part: Part, sizes: GraphSizes, outputs?: readonly string[]): Promise<NetworkRunner> => {
    const maxBatch = batchWithin(opening.needs[part] as NetworkNeeds);
    const runner = await openRunner(checkpoint[part] as DiskNetwork, {
      ...{ ...opening, checkpoint, sizes, outputs },
      options: { maxBatch, ...opening.options },
    });
    made.push(runner);
    return runner;
  };
  const { encoder, decoder, text, networks } = checkpoint;
  const { banded } = opening;
  const tokens = networks.text?.tokenizer.length ?? 0;
  const [images, latents] = [sizeOf(imageShape), sizeOf(latentShape)];
  try {
    return {
      denoiser: await open('denoiser', { ...latents, tokens }),
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
  readonly checkpoint: DiskCheckpoint;
  readonly sizes: GraphSizes;
  /** Those that are wanted, if not all. */
  readonly outputs: readonly string[] | undefined;
};

const openRunner = async (
  network: DiskNetwork,
  { checkpoint: { files }, graphs, options, sizes, outputs }: OpeningOne,
): Promise<NetworkRunner> => {
  const { device = 'cpu', canRetreat = false, ...others } = options;
  const names = new Map(files.map(({ path }, index) => [path, weightsName(index)]));
  const write = async (isForGpu: boolean): Promise<string> => {
    const bytes = await diskGraph(network, files, {
      sizes,
      refer: ({ path, begin, end }) => ({ location: names.get(path) ?? path, offset: begin, length: end - begin }),
      isForGpu,
    });
    return placeGraph(graphs, bytes);
  };
  const graph = await write(device !== 'cpu');
  const retreat = canRetreat ? { retreat: await write(false) } : {};
  const weightBytes = bytesHeld(parametersIn(network));
  const inputs = outputs ? { inputs: { outputs } } : {};
  return onnxRunner(await openSessionPool({ ...others, device, graph, ...retreat, weightBytes, ...inputs }));
};
