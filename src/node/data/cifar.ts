import { posix } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { type BinaryFile, openReader } from './byteReader.ts';
import type { FileTree } from './fileTree.ts';
import type { ImageSource, SourceImage } from './source.ts';

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const BYTES = 3 * PIXELS;

/** How the two data sets differ. */
type Kind = {
  readonly name: string;
  /** How many classes each byte before the pixels tells apart; the last one counts. */
  readonly heads: readonly number[];
  /** The file that names the classes. */
  readonly names: string;
};

const CIFAR10: Kind = { name: 'CIFAR-10', heads: [10], names: 'batches.meta.txt' };
/** Each image has a coarse class, then a fine one. */
const CIFAR100: Kind = { name: 'CIFAR-100', heads: [20, 100], names: 'fine_label_names.txt' };

const recordOf = ({ heads }: Kind): number => heads.length + BYTES;

/** A data set in the binary format of CIFAR: the paths of its parts. */
export type CifarSet = { readonly name: string; readonly train: readonly string[]; readonly test: readonly string[] };

const BATCH = /^(data_batch_\d+|test_batch)\.bin$/;
const HUNDRED = /^(train|test)\.bin$/;

/** The part that a file is, by its name. */
export const cifarPart = (base: string): 'train' | 'test' | undefined => {
  if (!BATCH.test(base) && !HUNDRED.test(base)) return undefined;
  return base.startsWith('test') ? 'test' : 'train';
};

/** The data sets in the binary format of CIFAR among files. */
export const cifarSets = async (tree: FileTree): Promise<CifarSet[]> => {
  const sets = new Map<string, CifarSet>();
  for (const path of [...tree.paths].sort()) {
    const { dir, base } = posix.parse(path);
    if (!BATCH.test(base) && !(HUNDRED.test(base) && (await isHundred(tree, path)))) continue;
    const name = posix.join(dir, BATCH.test(base) ? CIFAR10.name : CIFAR100.name);
    const set = sets.get(name) ?? { name, train: [], test: [] };
    const part = cifarPart(base) as 'train' | 'test';
    sets.set(name, { ...set, [part]: [...set[part], path] });
  }
  return [...sets.values()];
};

/** `train.bin` may be anything: by what lies beside it, or by its length. */
const isHundred = async (tree: FileTree, path: string): Promise<boolean> =>
  tree.paths.includes(posix.join(posix.dirname(path), CIFAR100.names)) ||
  (await tree.open(path)).size % recordOf(CIFAR100) === 0;

/** Whether there are files of the version of CIFAR that is made of pickles. */
export const isPickled = (paths: readonly string[]): boolean =>
  paths.some((path) => /(^|\/)(cifar-10-batches-py\/|cifar-100-python\/|(data_batch_\d|test_batch)$)/.test(path));

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
  return { classes, count, notes, images: eachImage(files, kind, classes) };
};

const kindOf = (base: string, { name, size }: BinaryFile): Kind => {
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
  kind: Kind,
  classes: readonly string[],
): AsyncGenerator<SourceImage> {
  for (const file of files) {
    const reader = await openReader(file);
    try {
      for (let n = 0; n < file.size / recordOf(kind); n += 1) {
        const name = `${posix.basename(file.name)}, image ${n}`;
        const record = await reader.take(recordOf(kind));
        const className = classes[checkHeads(file.name, { record, kind, n })] as string;
        const content = { bytes: interleaved(record.subarray(kind.heads.length)), shape: [SIDE, SIDE, 3] as const };
        yield { name, content, className };
      }
    } finally {
      await reader.close();
    }
  }
}

type Found = { readonly record: Uint8Array; readonly kind: Kind; readonly n: number };

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
const interleaved = (planes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: BYTES }, (_, i) => planes[(i % 3) * PIXELS + Math.floor(i / 3)] as number);
