import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '../errors.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { readIdxDataset } from './idx.ts';
import { readImage, toBytes } from './images.ts';

/** Images with their classes, in the order of their files. */
export type LabelledImages = {
  readonly shape: ImageShape;
  /** `labels.length * height * width * channels` values, 0 to 255. */
  readonly bytes: Uint8Array;
  readonly labels: readonly number[];
  /** Names of the classes, by label. */
  readonly classes: readonly string[];
};

const PICTURE = /\.(png|jpe?g|webp|gif|tiff?)$/i;

/**
 * Reads the training part of a data set: `train-images-idx3-ubyte` and its labels, as of MNIST, or a folder of images
 * for each class, in `train` if there is such a folder.
 *
 * @param shape `[height, width, channels]` that the images must have.
 * @throws ArgumentError `no-such-dataset`, `bad-idx`, `wrong-image-size`, and those of `readImage`.
 */
export const readTrainingImages = async (folder: string, shape: ImageShape): Promise<LabelledImages> => {
  const names = await namesIn(folder);
  if (names.some(({ name }) => name.startsWith('train-images-idx3-ubyte'))) return readIdxImages(folder, shape);
  const home = names.some(({ name, isFolder }) => isFolder && name === 'train') ? join(folder, 'train') : folder;
  return readClassFolders(home, shape);
};

const namesIn = async (folder: string): Promise<{ readonly name: string; readonly isFolder: boolean }[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError('no-such-dataset', `cannot read the folder ${folder} (${code}); check the path`);
  }
};

const readIdxImages = async (folder: string, shape: ImageShape): Promise<LabelledImages> => {
  const { images, labels, height, width } = await readIdxDataset(folder, 'train');
  if (height !== shape[0] || width !== shape[1] || shape[2] !== 1) {
    const rule = `the images in ${folder} are ${width} x ${height} x 1, the model knows`;
    throw new ArgumentError('wrong-image-size', `${rule} ${shape[1]} x ${shape[0]} x ${shape[2]}; use another model`);
  }
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const classes = Array.from({ length: count }, (_, label) => String(label));
  return { shape, bytes: images, labels: [...labels], classes };
};

const readClassFolders = async (home: string, shape: ImageShape): Promise<LabelledImages> => {
  const folders = (await namesIn(home)).filter(({ isFolder }) => isFolder).map(({ name }) => name);
  const files: { readonly path: string; readonly name: string }[] = [];
  for (const name of folders.sort()) {
    const pictures = (await namesIn(join(home, name))).filter((file) => PICTURE.test(file.name));
    files.push(...pictures.map((file) => ({ path: join(home, name, file.name), name })).sort(byPath));
  }
  const classes = [...new Set(files.map(({ name }) => name))];
  if (classes.length < 2) {
    const rule = `${home} has neither IDX files (train-images-idx3-ubyte) nor a folder of images for each class`;
    throw new ArgumentError('no-such-dataset', `${rule}; name a folder that has`);
  }
  const size = shape[0] * shape[1] * shape[2];
  const bytes = new Uint8Array(files.length * size);
  for (const [n, { path }] of files.entries()) bytes.set(toBytes(await readImage(path, shape)), n * size);
  return { shape, bytes, labels: files.map(({ name }) => classes.indexOf(name)), classes };
};

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1);

/** Images at some places as numbers in [0, 1], one after another. */
export const pixelsAt = ({ shape, bytes }: LabelledImages, places: readonly number[]): Float32Array => {
  const size = shape[0] * shape[1] * shape[2];
  const pixels = new Float32Array(places.length * size);
  for (const [n, place] of places.entries()) {
    for (let i = 0; i < size; i += 1) pixels[n * size + i] = (bytes[place * size + i] as number) / 255;
  }
  return pixels;
};
