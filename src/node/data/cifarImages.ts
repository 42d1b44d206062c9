import { posix } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { type BinaryFile, openReader } from './byteReader.ts';
import { BATCH, BYTES, CIFAR10, CIFAR100, type CifarKind, HUNDRED, recordOf, SIDE } from './cifar.ts';
import type { FileTree } from './fileTree.ts';
import type { Layout, NameList } from './layout.ts';
import { type ImageSource, onlyAt, type SourceImage } from './source.ts';

const PLANE = SIDE * SIDE;

/**
 * Some binary files of CIFAR-10 or CIFAR-100.
 *
 * @throws ArgumentError `bad-cifar` for a file that is cut off.
 * @see Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images"; the layout is on its web page.
 */
export const cifarSource = async (tree: FileTree, paths: readonly string[]): Promise<ImageSource> => {
  const files = await Promise.all(paths.map((path) => tree.open(path)));
  const kind = kindOf(posix.basename(paths[0] as string), files[0] as BinaryFile);
  for (const { name, size } of files) {
    if (size > 0 && size % recordOf(kind) === 0) continue;
    const whole = Math.floor(size / recordOf(kind));
    const rule = `${kind.name} has ${recordOf(kind)} bytes an image`;
    throw badCifar(
      `${name} is cut off: ${rule}, and it has ${size}, ${whole} images and ${size % recordOf(kind)} more`,
    );
  }
  const most = kind.heads.at(-1) as number;
  const numbers = Array.from({ length: most }, (_, label) => String(label));
  const named = await classNames(tree, posix.join(posix.dirname(paths[0] as string), kind.names));
  const isNamed = named.length === most;
  const notes = isNamed || named.length === 0 ? [] : [`${kind.names} names ${named.length} classes, and not ${most}`];
  const classes = isNamed ? named : numbers;
  const count = files.reduce((sum, { size }) => sum + size / recordOf(kind), 0);
  const read = () => eachImage(files, kind, classes);
  const layout = layoutOf(tree, { paths, files, kind, lists: await nameLists(tree, paths[0] as string) });
  return { classes, count, notes, layout, images: read(), at: (places) => onlyAt(read(), places) };
};

type Lying = {
  readonly paths: readonly string[];
  readonly files: readonly BinaryFile[];
  readonly kind: CifarKind;
  readonly lists: readonly NameList[];
};

const layoutOf = ({ container }: FileTree, { paths, files, kind, lists }: Lying): Layout => ({
  container,
  content: 'cifar',
  files: files.map(({ size }, n) => ({
    path: paths[n] as string,
    count: size / recordOf(kind),
    shape: [SIDE, SIDE, 3],
    heads: kind.heads.length,
  })),
  lists,
});

/** Files that name classes, by their usual names, beside a file of images. */
const nameLists = (tree: FileTree, beside: string): Promise<NameList[]> => {
  const lists = [CIFAR10.names, CIFAR100.names, 'coarse_label_names.txt'];
  const paths = lists
    .map((name) => posix.join(posix.dirname(beside), name))
    .filter((path) => tree.paths.includes(path));
  return Promise.all(paths.map(async (path) => ({ path, lines: await classNames(tree, path) })));
};

const kindOf = (base: string, { name, size }: BinaryFile): CifarKind => {
  if (BATCH.test(base)) return CIFAR10;
  if (HUNDRED.test(base)) return CIFAR100;
  const kind = [CIFAR10, CIFAR100].find((one) => size > 0 && size % recordOf(one) === 0);
  if (kind) return kind;
  const rule = `${recordOf(CIFAR10)} or ${recordOf(CIFAR100)} bytes an image`;
  throw badCifar(`${name} has ${size} bytes, and binary files of CIFAR have ${rule}`);
};

const badCifar = (why: string): ArgumentError => new ArgumentError('bad-cifar', `${why}; download it again`);

/** From the list that comes with the data, if it is there. */
const classNames = async (tree: FileTree, path: string): Promise<readonly string[]> => {
  const names: string[] = [];
  if (!tree.paths.includes(path)) return names;
  for await (const { content } of tree.read(new Set([path]))) {
    if (content instanceof Uint8Array) names.push(...Buffer.from(content).toString('utf8').split('\n'));
  }
  return names.map((line) => line.trim()).filter(Boolean);
};

async function* eachImage(
  files: readonly BinaryFile[],
  kind: CifarKind,
  classes: readonly string[],
): AsyncGenerator<SourceImage> {
  let place = 0;
  for (const file of files) {
    const reader = await openReader(file);
    try {
      for (let n = 0; n < file.size / recordOf(kind); n += 1) {
        const name = `${posix.basename(file.name)}, image ${n}`;
        const record = await reader.take(recordOf(kind));
        const className = classes[checkHeads(file.name, { record, kind, n })] as string;
        const content = { bytes: interleaved(record.subarray(kind.heads.length)), shape: [SIDE, SIDE, 3] as const };
        const labels = [...record.subarray(0, kind.heads.length)];
        yield { place, name, content, className, labels };
        place += 1;
      }
    } finally {
      await reader.close();
    }
  }
}

type Found = { readonly record: Uint8Array; readonly kind: CifarKind; readonly n: number };

/** @returns the class; throws `bad-cifar` for one that the data set does not have. */
const checkHeads = (file: string, { record, kind, n }: Found): number => {
  for (const [at, count] of kind.heads.entries()) {
    const label = record[at] as number;
    if (label >= count)
      throw badCifar(`${file}: image ${n} has class ${label}, and ${kind.name} has 0 to ${count - 1}`);
  }
  return record[kind.heads.length - 1] as number;
};

/** Red, green and blue of each pixel together; in the file they are three images. */
export const interleaved = (planes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: BYTES }, (_, i) => planes[(i % 3) * PLANE + Math.floor(i / 3)] as number);
