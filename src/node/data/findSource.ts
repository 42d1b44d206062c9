import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { damaged } from './archiveTree.ts';
import { diskFile, openReader } from './byteReader.ts';
import { cifarPart } from './cifar.ts';
import { cifarSource } from './cifarImages.ts';
import { filesBeside, folderTree } from './fileTree.ts';
import { idxSource } from './idxImages.ts';
import { idxName, labelsBeside } from './idxNames.ts';
import { noSuchPart, type Wants } from './parts.ts';
import type { ImageSource, Part } from './source.ts';
import { tarTree } from './tarTree.ts';
import { notADataset, treeSource } from './treeSource.ts';
import { zipTree } from './zipTree.ts';

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
 * @throws ArgumentError `no-such-dataset`, `not-a-dataset`, `no-such-part`, `ambiguous-parts`, `several-datasets`,
 * `missing-labels`, `unsupported-archive`, `unsupported-dataset`, `bad-archive`, `bad-idx`, `bad-cifar`.
 */
export const findSource = async (path: string, wants: Wants): Promise<ImageSource> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new ArgumentError('no-such-dataset', `there is no ${path}; check the path`);
  if (found.isDirectory()) return treeSource(await folderTree(path), wants);
  const source = await fileSource(path, wants);
  if (source === undefined) throw notADataset(path);
  return source;
};

const fileSource = async (path: string, wants: Wants): Promise<ImageSource | undefined> => {
  const { head, isPacked } = await firstBytes(path);
  const text = head.toString('latin1');
  for (const [magic, name, remedy] of UNSUPPORTED) {
    if (!text.startsWith(magic)) continue;
    throw new ArgumentError(
      'unsupported-archive',
      `${path} is compressed with ${name}; unpack it first: ${remedy} ${path}`,
    );
  }
  if (text.startsWith('PK\x03\x04')) return treeSource(await zipTree(path), wants);
  if (isTar(head)) return treeSource(await tarTree(path, isPacked), wants);
  const isIdx = head.length >= 4 && head.readUInt16BE(0) === 0 && (head[2] === 0x08 || head[2] === 0x0c);
  if (!isIdx && !path.endsWith('.bin')) return undefined;
  const tree = await filesBeside(path);
  const file = basename(path);
  checkPart(path, idxName(file)?.part ?? cifarPart(file), wants.part);
  return isIdx ? idxSource(tree, { images: file, labels: labelsBeside(file, tree.paths) }) : cifarSource(tree, [file]);
};

/** @throws ArgumentError `no-such-part` for a file that is called after another part than was asked for. */
const checkPart = (path: string, own: Part | undefined, asked: Wants['part']): void => {
  if (own === undefined || asked === undefined || asked === 'all' || own === asked) return;
  throw noSuchPart(path, asked, `it is the part "${own}"`);
};

/** The beginning of a file, unpacked if it was packed with gzip. */
const firstBytes = async (path: string): Promise<{ readonly head: Buffer; readonly isPacked: boolean }> => {
  try {
    const reader = await openReader(await diskFile(path));
    const head = await reader.take(HEAD_BYTES).finally(reader.close);
    return { head: Buffer.from(head), isPacked: reader.isPacked };
  } catch (error) {
    throw damaged(path, error);
  }
};

/** By the sum that the header holds of itself, since the oldest archives have no name of their format. */
const isTar = (head: Buffer): boolean => {
  if (head.length < HEAD_BYTES || head[0] === 0) return false;
  const said = Number.parseInt(head.toString('latin1', 148, 156), 8);
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return said === sum;
};
