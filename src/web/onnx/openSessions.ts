import { type GraphSizes, networkGraph } from '../../engines/onnx/networkGraph.ts';
import { EnvironmentError } from '../../errors.ts';
import type { NetworkRunners } from '../../models/assemble.ts';
import { batchWithin, type MemoryNeeds, type NetworkNeeds } from '../../models/memoryNeeds.ts';
import type { ModelFacts } from '../../models/model.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import type { Networks } from '../../models/networks.ts';
import type { Architecture } from '../../networks/architecture.ts';
import type { Device } from './device.ts';
import { initializersIn, type LoadedFile, type LoadedTensor } from './memoryNetworks.ts';
import type { Runtime } from './runtime.ts';
import { inTurn } from './turns.ts';
import { webRunner } from './webRunner.ts';

type Tensors = ReadonlyMap<string, LoadedTensor>;

/** The parameters of each network. */
export type NetworkTensors = {
  readonly denoiser: Tensors;
  readonly encoder?: Tensors;
  readonly decoder?: Tensors;
  readonly text?: Tensors;
};

export type Opening = {
  readonly networks: Networks;
  readonly tensors: NetworkTensors;
  readonly facts: ModelFacts;
  readonly needs: MemoryNeeds;
  readonly runtime: Runtime;
  readonly device: Device;
  readonly files: readonly LoadedFile[];
};

/** All networks in sessions; if one fails, none is left. @throws EnvironmentError `bad-graph` */
export const openSessions = async (opening: Opening): Promise<NetworkRunners> => {
  const { networks, facts, tensors } = opening;
  const { imageShape, latentShape = imageShape } = facts;
  const { denoiser, autoencoder, text } = networks;
  const tokens = text?.tokenizer.length ?? 0;
  const [images, latents] = [sizesOf(imageShape), sizesOf(latentShape)];
  const made: NetworkRunner[] = [];
  const open = async (part: keyof NetworkTensors, network: Network): Promise<NetworkRunner> => {
    const runner = await openSession(part, network, opening);
    made.push(runner);
    return runner;
  };
  try {
    return {
      denoiser: await open('denoiser', { architecture: denoiser.architecture, sizes: { ...latents, tokens } }),
      ...(autoencoder && tensors.encoder
        ? {
            encoder: await open('encoder', { architecture: autoencoder.encoder, sizes: images, outputs: ['output'] }),
            decoder: await open('decoder', { architecture: autoencoder.decoder, sizes: latents }),
          }
        : {}),
      ...(text && tensors.text
        ? {
            text: await open('text', {
              architecture: text.architecture,
              sizes: { tokens },
              outputs: ['lastHiddenState'],
            }),
          }
        : {}),
    };
  } catch (error) {
    for (const runner of made) runner.dispose();
    throw error;
  }
};

type Network = {
  readonly architecture: Architecture;
  readonly sizes: GraphSizes;
  /** Those that are wanted, if not all. */
  readonly outputs?: readonly string[];
};

const sizesOf = ([height, width]: readonly number[]): GraphSizes => ({ height: height ?? 0, width: width ?? 0 });

const openSession = async (
  part: keyof NetworkTensors,
  { architecture, sizes, outputs = architecture.outputs }: Network,
  { tensors, needs, runtime, device, files }: Opening,
): Promise<NetworkRunner> => {
  const own = tensors[part] as Tensors;
  const weights = initializersIn(own);
  const graph = networkGraph({ architecture, sizes, weights, version: VERSION, isForGpu: device === 'webgpu' });
  const paths = new Set([...own.values()].map(({ path }) => path));
  const externalData = files.filter(({ path }) => paths.has(path)).map(({ path, bytes }) => ({ path, data: bytes }));
  const session = await inTurn(() =>
    runtime.InferenceSession.create(graph, {
      executionProviders: [device === 'webgpu' ? 'webgpu' : 'wasm'],
      externalData,
      logSeverityLevel: 4, // its errors come back as errors
    }),
  ).catch(refuse(part));
  return webRunner({
    runtime,
    session,
    device,
    architecture,
    outputs,
    maxBatch: batchWithin(needs[part] as NetworkNeeds),
  });
};

/** For the file of a graph, which nobody keeps here. */
const VERSION = 'browser';

const refuse =
  (part: string) =>
  (cause: unknown): never => {
    const said = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    const remedy =
      'check that its .wasm files are served, and that it is a part of its own in the bundle (code splitting)';
    throw new EnvironmentError('bad-graph', `ONNX Runtime does not open the ${part}: ${said}; ${remedy}`, { cause });
  };
