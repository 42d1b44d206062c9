import { type DiffusersOutline, outlineDiffusers } from '../../checkpoints/diffusers.ts';
import { digestOfNames, sha256 } from '../../checkpoints/digest.ts';
import { networkGraph } from '../../engines/onnx/networkGraph.ts';
import { unet2dFacts } from '../../models/facts.ts';
import type { ModelFacts } from '../../models/model.ts';
import { matchWeights } from '../../networks/matchWeights.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import { unet2d } from '../../networks/unet2d.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../../networks/unet2dConfig.ts';
import type { DiskFolder } from '../folder.ts';
import { version } from '../version.ts';
import { refuseNotFiniteOnDisk } from './finiteOnDisk.ts';
import { initializersOf, type Refer } from './initializers.ts';
import { findOnDisk, type PlacedTensor, readPlaces, type WeightsOnDisk } from './weightsOnDisk.ts';

/** A diffusers checkpoint on disk of which the configs and the headers of the weights were read, and all weights seen. */
export type DiskCheckpoint = {
  /** For messages. */
  readonly name: string;
  readonly outline: DiffusersOutline;
  readonly config: UNet2DConfig;
  readonly files: readonly WeightsOnDisk[];
  /** Exactly the parameters of the network. */
  readonly places: ReadonlyMap<string, PlacedTensor>;
};

/**
 * @throws CheckpointError with the codes of `outlineDiffusers`, `parseUNet2DConfig`, `readPlaces` and `matchWeights`,
 *   `not-finite-weights`.
 */
export const readDiskCheckpoint = async (folder: DiskFolder): Promise<DiskCheckpoint> => {
  const outline = await outlineDiffusers(folder);
  const config = parseUNet2DConfig(outline.config);
  const files = await Promise.all(outline.weightFiles.map((file) => findOnDisk(file, folder.locate)));
  const places = matchWeights(parameterShapes(unet2d(config)), await readPlaces(files));
  for (const { path, file } of files) {
    const own = [...places].filter(([, placed]) => placed.path === path);
    await refuseNotFiniteOnDisk(
      file,
      own.map(([tensor, { dtype, begin, end }]) => ({ name: tensor, dtype, begin, end })),
    );
  }
  return { name: folder.name, outline, config, files, places };
};

/**
 * What is known of the model: the same as on every other engine.
 *
 * @param hashes the SHA-256 of each file of weights.
 * @throws CheckpointError `bad-config`, `bad-sidecar`.
 */
export const diskFacts = async (checkpoint: DiskCheckpoint, hashes: readonly string[]): Promise<ModelFacts> => {
  const { name, outline, config, places } = checkpoint;
  const configs = await Promise.all(outline.configBytes.map((bytes) => bytes && sha256(bytes)));
  const digest = await digestOfNames([...configs, ...hashes]);
  const sizes = [...places.values()].map(({ shape }) => shape.reduce((size, length) => size * length, 1));
  const parameterCount = sizes.reduce((sum, size) => sum + size, 0);
  return unet2dFacts({ ...outline, config, parameterCount, digest, name });
};

export type GraphOptions = {
  /** Of the images: a graph is for one. */
  readonly size: readonly [height: number, width: number];
  /** Where each tensor is to be found from the graph. */
  readonly refer: Refer;
  readonly metadata?: Readonly<Record<string, string>>;
};

/**
 * The ONNX file of a checkpoint.
 *
 * @throws CheckpointError `bad-weight-dtype`, `unreadable-file`.
 */
export const diskGraph = async (
  { config, files, places }: DiskCheckpoint,
  { size, refer, metadata = {} }: GraphOptions,
): Promise<Uint8Array> => {
  const weights = await initializersOf(places, new Map(files.map(({ path, file }) => [path, file])), refer);
  const [height, width] = size;
  return networkGraph({ architecture: unet2d(config), sizes: { height, width }, weights, version, metadata });
};
