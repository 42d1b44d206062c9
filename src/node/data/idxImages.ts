import { posix } from 'node:path';
import type { BinaryFile } from './byteReader.ts';
import type { FileTree } from './fileTree.ts';
import { badIdx, type IdxHeader, idxItems, readIdxHeader, readIdxLabels } from './idxFile.ts';
import type { IdxFiles } from './idxNames.ts';
import type { Layout } from './layout.ts';
import { type ImageSource, onlyAt, type SourceImage } from './source.ts';

/**
 * Grey images in an IDX file, and their classes from another, if there is one. Classes are numbers from 0 on, as the
 * file has them; EMNIST's letters are 1 to 26, and become `A` to `Z`. Images are as they lie in the file: those of
 * EMNIST have rows and columns exchanged.
 *
 * @throws ArgumentError `bad-idx`
 */
export const idxSource = async (tree: FileTree, { images = '', labels }: IdxFiles): Promise<ImageSource> => {
  const file = await tree.open(images);
  const header = await readIdxHeader(file);
  const { shape, width } = header;
  if (shape.length !== 3 || width !== 1) {
    throw badIdx(file.name, `images are bytes [count, height, width], these are [${shape}] of ${width} bytes each`);
  }
  const [count = 0] = shape;
  const classes = labels === undefined ? undefined : await readClasses(tree, labels, count);
  const read = (from = 0) => eachImage(file, { header, classes, from });
  const found = { count, layout: layoutOf(tree, { images, labels }, header), images: read(), at: atOf(read) };
  if (classes) return { ...found, classes: classes.all };
  return { ...found, notes: [`no classes: there is no file of labels beside ${images}`] };
};

const atOf = (read: (from: number) => AsyncIterable<SourceImage>) => (places: ReadonlySet<number>) => {
  let first = Number.POSITIVE_INFINITY;
  for (const place of places) if (place < first) first = place;
  return onlyAt(read(places.size === 0 ? 0 : first), places);
};

const layoutOf = ({ container }: FileTree, { images = '', labels }: IdxFiles, { shape }: IdxHeader): Layout => {
  const [count = 0, height = 0, width = 0] = shape;
  const file = { path: images, count, shape: [height, width, 1] as const };
  const files = [labels === undefined ? { ...file, heads: 0 } : { ...file, heads: 1, labels }];
  return { container, content: 'idx', files, lists: [] };
};

type Labels = {
  readonly labels: readonly number[];
  readonly names: readonly string[];
  readonly all: readonly string[];
};

const readClasses = async (tree: FileTree, path: string, count: number): Promise<Labels> => {
  const file = await tree.open(path);
  const labels = await readIdxLabels(file);
  if (labels.length !== count) throw badIdx(file.name, `it has ${labels.length} labels, and there are ${count} images`);
  const most = labels.reduce((highest, label) => Math.max(highest, label), 0);
  const isLetters = /emnist-letters/i.test(path) && most <= 26 && !labels.includes(0);
  const nameOf = (label: number): string => (isLetters ? String.fromCharCode(64 + label) : String(label));
  const first = isLetters ? 1 : 0;
  const length = isLetters ? 26 : most + 1;
  return { labels, names: labels.map(nameOf), all: Array.from({ length }, (_, n) => nameOf(n + first)) };
};

type Reading = { readonly header: IdxHeader; readonly classes: Labels | undefined; readonly from: number };

async function* eachImage(file: BinaryFile, { header, classes, from }: Reading): AsyncGenerator<SourceImage> {
  const [, height = 0, width = 0] = header.shape;
  const base = posix.basename(file.name);
  let n = from;
  for await (const bytes of idxItems(file, header, from)) {
    const content = { bytes, shape: [height, width, 1] as const };
    const image = { place: n, name: `${base}, image ${n}`, content };
    const own = classes && { className: classes.names[n] as string, labels: [classes.labels[n] as number] };
    yield { ...image, ...own };
    n += 1;
  }
}
