import { ArgumentError } from '../../errors.ts';
import { cifarSets, isPickled } from './cifar.ts';
import { cifarSource } from './cifarImages.ts';
import type { FileTree } from './fileTree.ts';
import { idxSource } from './idxImages.ts';
import { idxSets } from './idxNames.ts';
import { joined } from './joined.ts';
import type { PackedLayout } from './layout.ts';
import { noSuchPart, type Wants } from './parts.ts';
import { pictures } from './pictures.ts';
import { isPicture } from './samples.ts';
import type { ImageSource } from './source.ts';

/** A data set in files that hold many images each. */
type Packed = {
  readonly name: string;
  readonly parts: readonly ('train' | 'test')[];
  open(part: 'train' | 'test'): Promise<ImageSource>;
};

const PARTS = ['train', 'test'] as const;

/**
 * The images of a folder or an archive: of IDX or CIFAR files if there are any, else pictures.
 *
 * @throws ArgumentError `not-a-dataset`, `several-datasets`, `unsupported-dataset`, and those of what it finds.
 */
export const treeSource = async (tree: FileTree, { part = 'train', folders }: Wants): Promise<ImageSource> => {
  const [packed, ...others] = await packedSets(tree);
  if (packed === undefined) return (await pictures(tree, { part, folders })) ?? refuse(tree);
  if (others.length > 0) throw severalSets(tree.place, [packed, ...others]);
  if (part === 'all') return allParts(tree, packed);
  const own = packed.parts.find((one) => one === part);
  if (own === undefined)
    throw noSuchPart(tree.place, part, `it has ${packed.parts.map((one) => `"${one}"`).join(', ')}`);
  const source = await packed.open(own);
  const beside = tree.paths
    .filter(isPicture)
    .map((name) => ({ name, why: `it lies beside the files of ${packed.name}` }));
  return { ...source, skipped: [...tree.skipped, ...beside] };
};

const allParts = async (tree: FileTree, { name, parts, open }: Packed): Promise<ImageSource> => {
  const source = joined(await Promise.all(parts.map(open)));
  const why = `it is none of the files of ${name}`;
  const taken = new Set(source.layout.content === 'pictures' ? [] : filesOf(source.layout));
  const others = tree.paths.filter((path) => !taken.has(path)).map((path) => ({ name: path, why }));
  return { ...source, skipped: [...tree.skipped, ...others] };
};

const filesOf = ({ files, lists }: PackedLayout): string[] => [
  ...files.flatMap(({ path, labels = path }) => [path, labels]),
  ...lists.map(({ path }) => path),
];

const packedSets = async (tree: FileTree): Promise<readonly Packed[]> => [
  ...idxSets(tree.paths).map((set) => ({
    name: set.name,
    parts: PARTS.filter((part) => set[part].images !== undefined),
    open: (part: 'train' | 'test') => idxSource(tree, set[part]),
  })),
  ...(await cifarSets(tree)).map((set) => ({
    name: set.name,
    parts: PARTS.filter((part) => set[part].length > 0),
    open: (part: 'train' | 'test') => cifarSource(tree, set[part]),
  })),
];

export const severalSets = (place: string, sets: readonly { readonly name: string }[]): ArgumentError => {
  const names = sets.map(({ name }) => name).join(', ');
  const remedy = 'name the folder, or the file of images, of one of them';
  return new ArgumentError('several-datasets', `${place} holds several data sets: ${names}; ${remedy}`);
};

const refuse = ({ place, paths }: FileTree): never => {
  if (!isPickled(paths)) throw notADataset(place, paths);
  const remedy = 'download the binary version: https://www.cs.toronto.edu/~kriz/cifar.html';
  throw new ArgumentError('unsupported-dataset', `${place} is CIFAR as Python pickles, which are not read; ${remedy}`);
};

/** @param paths what there is instead. */
export const notADataset = (place: string, paths: readonly string[] = []): ArgumentError => {
  const seen = paths.length === 0 ? '' : ` (${paths.length} other files, ${paths[0]} for one)`;
  const kinds = 'IDX files, binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images';
  return new ArgumentError('not-a-dataset', `${place} holds no images that are read${seen}; wanted are ${kinds}`);
};
