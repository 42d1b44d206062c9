import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ArgumentError } from '../errors.ts';

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

const UNSIGNED_BYTES = 0x08;

/**
 * Reads an IDX file, the format of MNIST and its relatives, compressed with gzip or not.
 *
 * @throws ArgumentError `no-such-dataset`, `bad-idx`.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
 */
export const readIdx = async (path: string): Promise<IdxArray> => parseIdx(path, await readBytes(path));

/**
 * Reads the training or test half of a data set in the layout of MNIST: `train-images-idx3-ubyte`,
 * `t10k-labels-idx1-ubyte` and so on, with or without `.gz`.
 *
 * @throws ArgumentError `no-such-dataset`, `bad-idx`.
 */
export const readIdxDataset = async (folder: string, half: 'train' | 'test'): Promise<IdxDataset> => {
  const prefix = half === 'train' ? 'train' : 't10k';
  const images = await readEither(join(folder, `${prefix}-images-idx3-ubyte`));
  const labels = await readEither(join(folder, `${prefix}-labels-idx1-ubyte`));
  const [count = 0, height, width] = images.shape;
  if (images.shape.length !== 3 || height === undefined || width === undefined) {
    throw new ArgumentError('bad-idx', `the images in ${folder} must be [count, height, width], got [${images.shape}]`);
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new ArgumentError('bad-idx', `${folder} has ${count} images, but labels of shape [${labels.shape}]`);
  }
  return { images: images.data, labels: labels.data, count, height, width };
};

const readEither = async (path: string): Promise<IdxArray> => {
  for (const candidate of [`${path}.gz`, path]) {
    try {
      return await readIdx(candidate);
    } catch (error) {
      if (!(error instanceof ArgumentError && error.code === 'no-such-dataset')) throw error;
    }
  }
  throw absent(`${path}.gz`);
};

const absent = (path: string): ArgumentError =>
  new ArgumentError(
    'no-such-dataset',
    `there is no ${path}; download the IDX files, for Fashion-MNIST from github.com/zalandoresearch/fashion-mnist`,
  );

const readBytes = async (path: string): Promise<Uint8Array> => {
  try {
    const bytes = await readFile(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await promisify(gunzip)(bytes) : bytes;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw absent(path);
    throw refusal(path, message);
  }
};

const parseIdx = (path: string, bytes: Uint8Array): IdxArray => {
  const [zero, alsoZero, type, rank = 0] = bytes;
  if (zero !== 0 || alsoZero !== 0) throw refusal(path, 'it does not start with two zero bytes');
  if (type !== UNSIGNED_BYTES)
    throw refusal(path, `its elements are of type ${type}, only unsigned bytes (8) are read`);
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) throw refusal(path, 'its header ends too early');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - start !== size) {
    throw refusal(path, `[${shape}] needs ${size} bytes, there are ${bytes.length - start}`);
  }
  return { shape, data: bytes.subarray(start) };
};

const refusal = (path: string, why: string): ArgumentError =>
  new ArgumentError('bad-idx', `cannot read ${path} as IDX: ${why}; download it again`);
