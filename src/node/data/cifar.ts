import { posix } from 'node:path';
import type { FileTree } from './fileTree.ts';

/** Height and width of the images. */
export const SIDE = 32;

/** Values of an image. */
export const BYTES = 3 * SIDE * SIDE;

/** How the two data sets differ. */
export type CifarKind = {
  readonly name: string;
  /** How many classes each byte before the pixels tells apart; the last one counts. */
  readonly heads: readonly number[];
  /** The file that names the classes. */
  readonly names: string;
};

export const CIFAR10: CifarKind = { name: 'CIFAR-10', heads: [10], names: 'batches.meta.txt' };
/** Each image has a coarse class, then a fine one. */
export const CIFAR100: CifarKind = { name: 'CIFAR-100', heads: [20, 100], names: 'fine_label_names.txt' };

/** Bytes of an image and its classes. */
export const recordOf = ({ heads }: CifarKind): number => heads.length + BYTES;

/** A data set in the binary format of CIFAR: the paths of its parts. */
export type CifarSet = { readonly name: string; readonly train: readonly string[]; readonly test: readonly string[] };

/** Files of CIFAR-10. */
export const BATCH = /^(data_batch_\d+|test_batch)\.bin$/;
/** Files of CIFAR-100, and maybe of others. */
export const HUNDRED = /^(train|test)\.bin$/;

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
