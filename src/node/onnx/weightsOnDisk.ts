import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { headerEnd, parseHeader } from '../../checkpoints/safetensors.ts';
import type { TensorPlace } from '../../checkpoints/safetensorsHeader.ts';
import { joinShards, naming, type WeightFile } from '../../checkpoints/weightFiles.ts';
import { CheckpointError } from '../../errors.ts';

/** A file of weights as it is found; another size or time means other weights. */
export type WeightsOnDisk = WeightFile & {
  /** Where it really lies, links followed. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed, in nanoseconds since 1970. */
  readonly changed: bigint;
};

/** @throws CheckpointError `no-such-file`. */
export const findOnDisk = async (weights: WeightFile, locate: (path: string) => string): Promise<WeightsOnDisk> => {
  try {
    const file = await realpath(locate(weights.path));
    const { size, mtimeNs } = await stat(file, { bigint: true });
    return { ...weights, file, size: Number(size), changed: mtimeNs };
  } catch (cause) {
    throw new CheckpointError('no-such-file', `cannot read ${locate(weights.path)}: it is not there`, { cause });
  }
};

/** Where a tensor lies: in the file of which path, and where in there. */
export type PlacedTensor = TensorPlace & { readonly path: string };

/**
 * Where every tensor lies. Only headers are read.
 *
 * @throws CheckpointError with the codes of `parseHeader` and `joinShards`, `unreadable-file`.
 */
export const readPlaces = async (files: readonly WeightsOnDisk[]): Promise<Map<string, PlacedTensor>> => {
  const shards: (WeightFile & { tensors: ReadonlyMap<string, TensorPlace> })[] = [];
  for (const { file, size, ...weights } of files) {
    const start = await readStart(file, size);
    const { tensors } = naming(weights.path, () => parseHeader(start, size));
    shards.push({ ...weights, tensors });
  }
  return new Map([...joinShards(shards)].map(([name, { path, tensor }]) => [name, { ...tensor, path }]));
};

const LEAST = 512; // enough to see what a file is that is no safetensors file

const readStart = async (file: string, size: number): Promise<Uint8Array> => {
  const handle = await openFile(file);
  try {
    const start = await readBytes(handle, 0, Math.min(LEAST, size));
    return await readBytes(
      handle,
      0,
      naming(file, () => headerEnd(start, size)),
    );
  } finally {
    await handle.close();
  }
};

/** A part of a file, in bytes from its start. @throws CheckpointError `unreadable-file`. */
export const readPart = async (file: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
  const handle = await openFile(file);
  try {
    return await readBytes(handle, begin, end - begin);
  } finally {
    await handle.close();
  }
};

/** @throws CheckpointError `unreadable-file`. */
export const openFile = async (file: string): Promise<FileHandle> => {
  try {
    return await open(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('unreadable-file', `cannot read ${file}: ${reason}`, { cause });
  }
};

const readBytes = async (handle: FileHandle, begin: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, begin);
  return bytes.subarray(0, bytesRead);
};

/** The SHA-256 of a file, read in passing: 64 hexadecimal digits. */
export const hashFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
};
