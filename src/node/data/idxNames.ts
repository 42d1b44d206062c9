import { posix } from 'node:path';

/** The files of one part of a data set in the layout of MNIST: their paths. */
export type IdxFiles = { readonly images?: string | undefined; readonly labels?: string | undefined };

/** A data set in the layout of MNIST. */
export type IdxSet = { readonly name: string; readonly train: IdxFiles; readonly test: IdxFiles };

/**
 * `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte`, `emnist-letters-test-images-idx3-ubyte.gz`,
 * `qmnist-train-labels-idx2-int`: what comes first is the name of the data set.
 */
const NAME = /^(.*?)(train|t10k|test)[-_.]?(image|label)s?[-_.]idx[123][-_.](ubyte|int)(\.gz)?$/i;

/** What a file holds by its name; undefined for one that is called otherwise. */
export const idxName = (path: string) => {
  const { dir, base } = posix.parse(path);
  const [, prefix = '', part, kind] = NAME.exec(base) ?? [];
  if (part === undefined || kind === undefined) return undefined;
  const place = posix.basename(dir) === base ? posix.dirname(dir) : dir; // Kaggle has each file in a folder of its name
  const name = posix.join(place, prefix.toLowerCase().replace(/[-_.]+$/, ''));
  return {
    name,
    part: part.toLowerCase() === 'train' ? 'train' : 'test',
    kind: kind.toLowerCase() === 'image' ? 'images' : 'labels',
  } as const;
};

/** The data sets in the layout of MNIST among files. */
export const idxSets = (paths: readonly string[]): IdxSet[] => {
  const sets = new Map<string, IdxSet>();
  for (const path of [...paths].sort()) {
    const found = idxName(path);
    if (!found) continue;
    const { name, part, kind } = found;
    const set = sets.get(name) ?? { name, train: {}, test: {} };
    sets.set(name, { ...set, [part]: { [kind]: path, ...set[part] } });
  }
  return [...sets.values()];
};

/** The file of labels that belongs to a file of images, whatever they are called before that. */
export const labelsBeside = (file: string, names: readonly string[]): string | undefined => {
  const [, stem] = /^(.*)images?[-_.]idx3/i.exec(file) ?? [];
  return names.find((name) => stem !== undefined && LABELS.exec(name)?.[1] === stem);
};

const LABELS = /^(.*)labels?[-_.]idx[12][-_.](?:ubyte|int)(?:\.gz)?$/i;
