import { posix } from 'node:path';
import type { BinaryFile } from './byteReader.ts';
import type { FileTree } from './fileTree.ts';
import { badIdx, type IdxHeader, idxItems, readIdxHeader, readIdxLabels } from './idxFile.ts';
import type { IdxFiles } from './idxNames.ts';
import type { ImageSource, SourceImage } from './source.ts';

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
  const found = { count, images: eachImage(file, header, classes?.names) };
  if (classes) return { ...found, classes: classes.all };
  return { ...found, notes: [`no classes: there is no file of labels beside ${images}`] };
};

const readClasses = async (tree: FileTree, path: string, count: number) => {
  const file = await tree.open(path);
  const labels = await readIdxLabels(file);
  if (labels.length !== count) throw badIdx(file.name, `it has ${labels.length} labels, and there are ${count} images`);
  const most = labels.reduce((highest, label) => Math.max(highest, label), 0);
  const isLetters = /emnist-letters/i.test(path) && most <= 26 && !labels.includes(0);
  const nameOf = (label: number): string => (isLetters ? String.fromCharCode(64 + label) : String(label));
  const first = isLetters ? 1 : 0;
  const length = isLetters ? 26 : most + 1;
  return { names: labels.map(nameOf), all: Array.from({ length }, (_, n) => nameOf(n + first)) };
};

async function* eachImage(
  file: BinaryFile,
  header: IdxHeader,
  names: readonly string[] | undefined,
): AsyncGenerator<SourceImage> {
  const [, height = 0, width = 0] = header.shape;
  const base = posix.basename(file.name);
  let n = 0;
  for await (const bytes of idxItems(file, header)) {
    const className = names?.[n];
    const content = { bytes, shape: [height, width, 1] as const };
    yield { name: `${base}, image ${n}`, content, ...(className === undefined ? {} : { className }) };
    n += 1;
  }
}
