import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { readIdx, readIdxDataset } from '../idx.ts';
import type { ImageSource, Part, SourceImage } from './source.ts';

type Labelled = {
  readonly images: Uint8Array;
  readonly labels?: Uint8Array | undefined;
  readonly count: number;
  readonly height: number;
  readonly width: number;
};

/** A folder in the layout of MNIST. @throws ArgumentError `no-such-dataset`, `bad-idx`. */
export const idxFolder = async (folder: string, part: Part): Promise<ImageSource> =>
  asSource(folder, await readIdxDataset(folder, part));

/** One IDX file of images, and that of its labels if it lies beside it. @throws ArgumentError `bad-idx`. */
export const idxFile = async (path: string): Promise<ImageSource> => {
  const { shape, data } = await readIdx(path);
  const [count = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3)
    throw new ArgumentError('bad-idx', `${path} is [${shape}], but images are [count, height, width]`);
  const beside = path.replace('images-idx3', 'labels-idx1');
  const hasLabels = beside !== path && (await stat(beside).catch(() => undefined)) !== undefined;
  const labels = hasLabels ? (await readIdx(beside)).data : undefined;
  return asSource(path, { images: data, labels, count, height, width });
};

const asSource = (path: string, found: Labelled): ImageSource => {
  const { labels } = found;
  const images = eachImage(basename(path), found);
  if (labels === undefined) return { images };
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return { classes: Array.from({ length: count }, (_, label) => String(label)), images };
};

async function* eachImage(file: string, found: Labelled): AsyncGenerator<SourceImage> {
  const { images, labels, count, height, width } = found;
  const size = height * width;
  for (let n = 0; n < count; n += 1) {
    const content = { bytes: images.subarray(n * size, (n + 1) * size), shape: [height, width, 1] as const };
    yield { name: `${file}, image ${n}`, content, ...(labels ? { className: String(labels[n]) } : {}) };
  }
}
