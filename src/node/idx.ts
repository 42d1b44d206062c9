import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '../errors.ts';
import { type BinaryFile, diskFile, roomFor } from './data/byteReader.ts';
import { badIdx, bytesOf, idxItems, readIdxHeader, readIdxLabels } from './data/idxFile.ts';
import { idxSets } from './data/idxNames.ts';
import { severalSets } from './data/treeSource.ts';

/** The contents of an IDX file of unsigned bytes. */
export type IdxArray = { readonly shape: readonly number[]; readonly data: Uint8Array };

/** Images with their labels, in the order of the files. */
export type IdxDataset = {
  /** `count * height * width` grey values, 0 to 255. */
  readonly images: Uint8Array;
  /** `count` classes. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
};

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST and its relatives, compressed with gzip or not. It takes no
 * more memory than its header promises, however far a compressed file expands.
 *
 * @throws ArgumentError `no-such-dataset`, `bad-idx`, `too-large` for more than Node keeps in one array.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
 */
export const readIdx = async (path: string): Promise<IdxArray> => {
  const file = await idxOnDisk(path);
  const header = await readIdxHeader(file);
  if (header.width !== 1) throw badIdx(path, 'its elements are of type 12, wanted are unsigned bytes (8)');
  const data = roomFor(bytesOf(header), `the values of ${path}`);
  let at = 0;
  for await (const item of idxItems(file, header)) {
    data.set(item, at);
    at += item.length;
  }
  return { shape: header.shape, data };
};

/**
 * Reads the training or test half of a data set in the layout of MNIST: `train-images-idx3-ubyte`,
 * `t10k-labels.idx1-ubyte`, `qmnist-test-labels-idx2-int` and so on, with or without `.gz`.
 *
 * @throws ArgumentError `no-such-dataset`, `several-datasets`, `bad-idx`, `too-large`.
 */
export const readIdxDataset = async (folder: string, half: 'train' | 'test'): Promise<IdxDataset> => {
  const sets = idxSets(await readdir(folder).catch(() => [])).filter((set) => set[half].images !== undefined);
  if (sets.length > 1) throw severalSets(folder, sets);
  const files = sets[0]?.[half];
  const prefix = half === 'train' ? 'train' : 't10k';
  const images = await readIdx(join(folder, files?.images ?? `${prefix}-images-idx3-ubyte.gz`));
  const labels = await readIdxLabels(await idxOnDisk(join(folder, files?.labels ?? `${prefix}-labels-idx1-ubyte.gz`)));
  const [count = 0, height, width] = images.shape;
  if (images.shape.length !== 3 || height === undefined || width === undefined) {
    throw new ArgumentError('bad-idx', `the images in ${folder} must be [count, height, width], got [${images.shape}]`);
  }
  if (labels.length !== count) {
    throw new ArgumentError('bad-idx', `${folder} has ${count} images, but ${labels.length} labels`);
  }
  return { images: images.data, labels: Uint8Array.from(labels), count, height, width };
};

const idxOnDisk = async (path: string): Promise<BinaryFile> =>
  diskFile(path).catch(({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw badIdx(path, message);
    const remedy = 'download the IDX files, for Fashion-MNIST from github.com/zalandoresearch/fashion-mnist';
    throw new ArgumentError('no-such-dataset', `there is no ${path}; ${remedy}`);
  });
