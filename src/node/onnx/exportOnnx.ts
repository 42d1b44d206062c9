import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkNames } from '../../checks.ts';
import type { ExternalData } from '../../engines/onnx/protos.ts';
import { CheckpointError, EnvironmentError } from '../../errors.ts';
import type { DiskFolder } from '../folder.ts';
import { compareEngines } from './compareEngines.ts';
import { type DiskCheckpoint, diskFacts, diskGraph, readDiskCheckpoint } from './diffusersGraph.ts';
import { METADATA_KEY, writeMetadata } from './metadata.ts';
import { hashFile, type PlacedTensor, readPart } from './weightsOnDisk.ts';

export type ExportOptions = {
  /** Whether the weights go into a file of their own beside the graph. They must from 2 GB on. @defaultValue false */
  readonly external?: boolean;
};

export type Exported = {
  /** Paths of what was written: the graph and, where they are apart, the weights. */
  readonly files: readonly string[];
  /** Of all files. */
  readonly bytes: number;
  /** By how much one evaluation differs from that of tfjs, as a share of the largest output. */
  readonly difference: number;
};

/** A protobuf file ends at 2^31 bytes; the graph itself needs some room. */
const MOST_INSIDE = 2 ** 31 - 2 ** 26;

/** Agreed between the engines. */
const TOLERANCE = 2e-5;

const OPTIONS: Readonly<Record<keyof ExportOptions, true>> = {
  external: true,
};

/**
 * Writes a diffusers checkpoint as an ONNX file that needs nothing else: weights, schedule and classes are in it. It is
 * opened and compared with tfjs, on the backend that is set, before it is put in its place.
 *
 * @param out path of the file; an older one is replaced.
 * @throws CheckpointError `export-differs`, and those of opening the checkpoint.
 * @throws EnvironmentError `bad-output`, `no-onnxruntime`; nothing is left behind.
 */
export const exportOnnx = async (folder: DiskFolder, out: string, options: ExportOptions = {}): Promise<Exported> => {
  checkNames('exportOnnx', Object.keys(OPTIONS), options);
  const { external = false } = options;
  const checkpoint = await readDiskCheckpoint(folder);
  refuseLatent(checkpoint);
  const home = await makeFolder(dirname(resolve(out)));
  try {
    const names = await write(checkpoint, { home, name: basename(out), external });
    const difference = await compareEngines(folder, join(home, basename(out)));
    if (!(difference <= TOLERANCE)) {
      const rule = `differs from tfjs by ${difference} of the largest output, more than ${TOLERANCE}`;
      throw new CheckpointError('export-differs', `the ONNX file of ${folder.name} ${rule}; please report it`);
    }
    const files = names.map((name) => join(dirname(out), name));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(home, name))).size));
    for (const [n, name] of names.entries()) await rename(join(home, name), files[n] ?? name);
    return { files: files.toReversed(), bytes: sizes.reduce((sum, size) => sum + size, 0), difference };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

/** @throws CheckpointError `unsupported-pipeline` */
const refuseLatent = ({ name, networks }: DiskCheckpoint): void => {
  if (!networks.autoencoder) return;
  const rule = `${name} walks in latents, by several networks, and one ONNX file holds one of pixels`;
  throw new CheckpointError(
    'unsupported-pipeline',
    `${rule}; open the folder itself, which ONNX Runtime runs as it is`,
  );
};

const makeFolder = async (parent: string): Promise<string> => {
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(join(parent, '.boomerang-'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError('bad-output', `cannot write to ${parent}: ${reason}; choose another place`, { cause });
  }
};

type Target = { readonly home: string; readonly name: string; readonly external: boolean };

/** @returns the names of the files, the graph last: whoever sees it sees its weights. */
const write = async (checkpoint: DiskCheckpoint, { home, name, external }: Target): Promise<readonly string[]> => {
  const hashes = await Promise.all(checkpoint.files.map(({ file }) => hashFile(file)));
  const facts = await diskFacts(checkpoint, hashes);
  const [height, width] = facts.imageShape;
  const total = [...checkpoint.denoiser.places.values()].reduce((sum, { begin, end }) => sum + end - begin, 0);
  const isApart = external || total > MOST_INSIDE;
  const places = isApart
    ? layOut([...checkpoint.denoiser.places.values()], `${name}.data`)
    : new Map<PlacedTensor, never>();
  const graph = await diskGraph(checkpoint.denoiser, checkpoint.files, {
    sizes: { height, width },
    refer: (placed) => places.get(placed),
    metadata: { [METADATA_KEY]: writeMetadata(facts) },
  });
  if (isApart) await writeWeights(checkpoint, places, join(home, `${name}.data`));
  await writeFile(join(home, name), graph);
  return isApart ? [`${name}.data`, name] : [name];
};

const ALIGNMENT = 64; // bytes: a line of the processor's cache

const layOut = (tensors: readonly PlacedTensor[], location: string): Map<PlacedTensor, ExternalData> => {
  let offset = 0;
  return new Map(
    tensors.map((tensor) => {
      const place = { location, offset, length: tensor.end - tensor.begin };
      offset = Math.ceil((offset + place.length) / ALIGNMENT) * ALIGNMENT;
      return [tensor, place];
    }),
  );
};

const writeWeights = async (
  { files }: DiskCheckpoint,
  places: ReadonlyMap<PlacedTensor, ExternalData>,
  target: string,
): Promise<void> => {
  const paths = new Map(files.map(({ path, file }) => [path, file]));
  const handle = await open(target, 'w');
  try {
    for (const [{ path, begin, end }, { offset }] of places) {
      const bytes = await readPart(paths.get(path) ?? path, begin, end);
      await handle.write(bytes, 0, bytes.length, offset);
    }
  } finally {
    await handle.close();
  }
};
