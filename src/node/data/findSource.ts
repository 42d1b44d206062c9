import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ArgumentError } from '../../errors.ts';
import { tarImages, zipImages } from './archives.ts';
import { cifarFile, cifarFolder } from './cifar.ts';
import { idxFile, idxFolder } from './idxImages.ts';
import { imageFolder } from './imageFolder.ts';
import type { ImageSource, Part } from './source.ts';

/** First bytes of archives that are not read, and the command that makes something of them that is. */
const UNSUPPORTED: readonly (readonly [start: string, name: string, remedy: string])[] = [
  ['\xfd7zXZ\0', 'xz', 'xz --decompress --keep'],
  ['BZh', 'bzip2', 'bzip2 --decompress --keep'],
  ['\x28\xb5\x2f\xfd', 'zstd', 'zstd --decompress'],
  ['7z\xbc\xaf\x27\x1c', '7z', '7z x'],
  ['Rar!', 'rar', 'unrar x'],
];

/** Enough to know a tar archive by. */
const HEAD_BYTES = 512;

/**
 * Finds out by its contents what a file or folder of images is.
 *
 * @throws ArgumentError `no-such-dataset`, `not-a-dataset`, `unsupported-archive`.
 */
export const findSource = async (path: string, part: Part): Promise<ImageSource> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new ArgumentError('no-such-dataset', `there is no ${path}; check the path`);
  const source = found.isDirectory() ? await findInFolder(path, part) : await findInFile(path, part);
  if (source !== undefined) return source;
  const kinds = 'IDX files, binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images';
  throw new ArgumentError('not-a-dataset', `${path} holds no images for the part "${part}"; wanted are ${kinds}`);
};

const findInFolder = async (path: string, part: Part): Promise<ImageSource | undefined> => {
  const names = await readdir(path);
  if (names.some((name) => /^(train|t10k)-images-idx3-ubyte(\.gz)?$/.test(name))) return idxFolder(path, part);
  const inside = names.find((name) => /^cifar-100?-(batches-bin|binary)$/.test(name));
  return (await cifarFolder(inside === undefined ? path : join(path, inside), part)) ?? imageFolder(path, part);
};

const findInFile = async (path: string, part: Part): Promise<ImageSource | undefined> => {
  const start = await firstBytes(path, false);
  const text = start.toString('latin1');
  for (const [magic, name, remedy] of UNSUPPORTED) {
    if (!text.startsWith(magic)) continue;
    throw new ArgumentError(
      'unsupported-archive',
      `${path} is compressed with ${name}; unpack it first: ${remedy} ${path}`,
    );
  }
  if (text.startsWith('PK\x03\x04')) return zipImages(path, part);
  const isGzip = text.startsWith('\x1f\x8b');
  const head = isGzip ? await firstBytes(path, true) : start;
  if (isTar(head)) return tarImages(path, { isGzip, part });
  if (head.length > 4 && head.readUInt16BE(0) === 0 && head[2] === 8 && head[3] === 3) return idxFile(path);
  return cifarFile(path);
};

const firstBytes = async (path: string, unzip: boolean): Promise<Buffer> => {
  const file = createReadStream(path, unzip ? {} : { end: HEAD_BYTES - 1 });
  const parts: Buffer[] = [];
  try {
    for await (const part of unzip ? file.pipe(createGunzip()) : file) {
      parts.push(part);
      if (parts.reduce((sum, { length }) => sum + length, 0) >= HEAD_BYTES) break;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ArgumentError('bad-archive', `cannot read ${path}: ${why}; make it anew or download it again`);
  } finally {
    file.destroy();
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
};

/** By the sum that the header holds of itself, since the oldest archives have no name of their format. */
const isTar = (head: Buffer): boolean => {
  if (head.length < HEAD_BYTES || head[0] === 0) return false;
  const said = Number.parseInt(head.toString('latin1', 148, 156), 8);
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return said === sum;
};
