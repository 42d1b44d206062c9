import { allWeightFiles, type DiffusersOutline, outlineDiffusers } from '../../checkpoints/diffusers.ts';
import { digestOfNames, sha256 } from '../../checkpoints/digest.ts';
import type { WeightFile } from '../../checkpoints/weightFiles.ts';
import { type GraphSizes, type NetworkGraph, networkGraph } from '../../engines/onnx/networkGraph.ts';
import { factsOf } from '../../models/facts.ts';
import type { ReadPipelineOptions } from '../../models/loadOptions.ts';
import type { ModelFacts } from '../../models/model.ts';
import { type Networks, networksOf } from '../../models/networks.ts';
import type { Architecture } from '../../networks/architecture.ts';
import { autoencoderWeights } from '../../networks/autoencoder.ts';
import { clipTextWeights } from '../../networks/clipTextWeights.ts';
import { matchWeights } from '../../networks/matchWeights.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import type { DiskFolder } from '../folder.ts';
import { version } from '../version.ts';
import { refuseNotFiniteOnDisk } from './finiteOnDisk.ts';
import { initializersOf, type Refer } from './initializers.ts';
import { findOnDisk, type PlacedTensor, readPlaces, type WeightsOnDisk } from './weightsOnDisk.ts';

/** A network of a checkpoint on disk, and exactly its parameters. */
export type DiskNetwork = {
  readonly architecture: Architecture;
  readonly places: ReadonlyMap<string, PlacedTensor>;
};

/** A diffusers checkpoint on disk of which the configs and the headers of the weights were read, and all weights seen. */
export type DiskCheckpoint = {
  /** For messages. */
  readonly name: string;
  readonly outline: DiffusersOutline;
  readonly networks: Networks;
  /** All files of weights. */
  readonly files: readonly WeightsOnDisk[];
  readonly denoiser: DiskNetwork;
  readonly encoder?: DiskNetwork;
  readonly decoder?: DiskNetwork;
  readonly text?: DiskNetwork;
};

/**
 * @throws CheckpointError with the codes of `outlineDiffusers`, `networksOf`, `readPlaces` and `matchWeights`,
 *   `not-finite-weights`.
 */
export const readDiskCheckpoint = async (
  folder: DiskFolder,
  options: ReadPipelineOptions = {},
): Promise<DiskCheckpoint> => {
  const outline = await outlineDiffusers(folder);
  const networks = networksOf(outline, folder.name, options);
  const files = await Promise.all(allWeightFiles(outline).map((file) => findOnDisk(file, folder.locate)));
  const placesOf = (part: { readonly weightFiles: readonly WeightFile[] }): Promise<Map<string, PlacedTensor>> => {
    const paths = part.weightFiles.map(({ path }) => path);
    return readPlaces(files.filter(({ path }) => paths.includes(path)));
  };
  const { denoiser, autoencoder, text } = networks;
  const { latent } = outline;
  const found = {
    denoiser: networkOf(denoiser.architecture, await placesOf(outline)),
    ...(autoencoder && latent ? halvesOf(autoencoder, await placesOf(latent.autoencoder)) : {}),
    ...(text && latent?.text
      ? { text: networkOf(text.architecture, clipTextWeights(await placesOf(latent.text), text.config)) }
      : {}),
  };
  for (const { path, file } of files) {
    const own = Object.values(found).flatMap(({ places }) => [...places].filter(([, placed]) => placed.path === path));
    await refuseNotFiniteOnDisk(
      file,
      own.map(([tensor, { dtype, begin, end }]) => ({ name: tensor, dtype, begin, end })),
    );
  }
  return { name: folder.name, outline, networks, files, ...found };
};

const networkOf = (architecture: Architecture, places: ReadonlyMap<string, PlacedTensor>): DiskNetwork => ({
  architecture,
  places: matchWeights(parameterShapes(architecture), places),
});

const halvesOf = (
  autoencoder: NonNullable<Networks['autoencoder']>,
  places: ReadonlyMap<string, PlacedTensor>,
): { readonly encoder: DiskNetwork; readonly decoder: DiskNetwork } => {
  const halves = autoencoderWeights(autoencoder, places);
  return {
    encoder: { architecture: autoencoder.encoder, places: halves.encoder },
    decoder: { architecture: autoencoder.decoder, places: halves.decoder },
  };
};

/** Parameters of a network. */
export const parametersIn = ({ places }: DiskNetwork): number =>
  [...places.values()].reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0);

/**
 * What is known of the model: the same as on every other engine.
 *
 * @param hashes the SHA-256 of each file of weights.
 * @throws CheckpointError `bad-config`, `bad-sidecar`. ArgumentError `bad-image-size`.
 */
export const diskFacts = async (
  { name, outline, networks, ...checkpoint }: DiskCheckpoint,
  hashes: readonly string[],
  asked: ReadPipelineOptions = {},
): Promise<ModelFacts> => {
  const configs = await Promise.all(outline.configBytes.map((bytes) => bytes && sha256(bytes)));
  const digest = await digestOfNames([...configs, ...hashes]);
  const all = [checkpoint.denoiser, checkpoint.encoder, checkpoint.decoder, checkpoint.text];
  const parameterCount = all.reduce((sum, network) => sum + (network ? parametersIn(network) : 0), 0);
  return factsOf({ ...outline, ...asked, networks, parameterCount, digest, name });
};

export type GraphOptions = {
  /** For what the graph is made. */
  readonly sizes: GraphSizes;
  /** Where each tensor is to be found from the graph. */
  readonly refer: Refer;
  readonly metadata?: Readonly<Record<string, string>>;
  /** @defaultValue false */
  readonly isForGpu?: boolean;
  readonly real?: NonNullable<NetworkGraph['real']>;
  readonly convRanges?: NonNullable<NetworkGraph['convRanges']>;
};

/**
 * The ONNX file of a network of a checkpoint.
 *
 * @param files all files of the checkpoint's weights.
 * @throws CheckpointError `bad-weight-dtype`, `unreadable-file`.
 */
export const diskGraph = async (
  { architecture, places }: DiskNetwork,
  files: readonly WeightsOnDisk[],
  { refer, ...options }: GraphOptions,
): Promise<Uint8Array> => {
  const weights = await initializersOf(places, new Map(files.map(({ path, file }) => [path, file])), refer);
  return networkGraph({ architecture, weights, version, ...options });
};
