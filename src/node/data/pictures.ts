import { ArgumentError } from '../../errors.ts';
import { type Classes, classesByFolder, classNames } from './classes.ts';
import type { FileTree, TreeFile } from './fileTree.ts';
import { type Folders, noSuchPart, type Placed, placeByFolders } from './parts.ts';
import { partWord } from './partWords.ts';
import { findSamples } from './samples.ts';
import type { ImageSource, Part, SkippedImage, SourceImage } from './source.ts';

export type Asked = { readonly part: Part; readonly folders: Folders | undefined };

/**
 * The images of a folder or an archive; folders are classes, or `.cls` files name them. Undefined if there is none.
 *
 * @throws ArgumentError `ambiguous-parts`, `no-such-part`, `missing-labels`.
 */
export const pictures = async (tree: FileTree, { part, folders }: Asked): Promise<ImageSource | undefined> => {
  const samples = await findSamples(tree);
  if (samples.pictures.length === 0) return undefined;
  const placed = placeByFolders(samples.pictures, folders);
  const own = choosePart(tree.place, placed, part);
  const taken = placed.filter((one) => one.part === own);
  const paths = taken.map(({ path }) => path);
  const beside = samples.classes && classesBeside(tree.place, paths, samples.classes);
  const found = beside ?? classesByFolder(placed, own);
  const outside = placed.filter((one) => one.part === 'none');
  const why = 'it is in none of the parts of the data set';
  return {
    ...(found && found.classes.length > 1 ? { classes: found.classes } : {}),
    count: paths.length,
    skipped: [...tree.skipped, ...samples.skipped, ...outside.map(({ path }): SkippedImage => ({ name: path, why }))],
    notes: [...(found ? wordyNotes(found, folders) : looseNotes(taken)), ...wholeNotes(own, part)],
    images: readAll(tree, paths, found && found.classes.length > 1 ? found.names : undefined),
  };
};

/** @throws ArgumentError `no-such-part` */
const choosePart = (place: string, placed: readonly Placed[], asked: Part): Placed['part'] => {
  const there = new Set(placed.flatMap(({ part }) => (part === undefined || part === 'none' ? [] : [part])));
  if (there.size === 0 || there.has(asked)) return there.size === 0 ? undefined : asked;
  if (asked === 'test' && there.has('validation')) return 'validation';
  const parts = [...there].map((part) => `"${part}"`).join(' and ');
  throw noSuchPart(place, asked, `its images are of the part ${parts}`);
};

/** @throws ArgumentError `missing-labels` where some images have a class beside them, and others do not. */
const classesBeside = (
  place: string,
  paths: readonly string[],
  beside: ReadonlyMap<string, string>,
): Classes | undefined => {
  const names = paths.flatMap((path) => beside.get(path) ?? []);
  if (names.length === 0) return undefined;
  if (names.length === paths.length) return { names, classes: classNames(names) };
  const missing = paths.filter((path) => !beside.has(path));
  const rule = `${missing.length} of ${paths.length} images of ${place} have no .cls file beside them, the first is`;
  throw new ArgumentError('missing-labels', `${rule} ${missing[0]}; add what is missing, or remove those images`);
};

/** Says that there is no such part, and that all images were taken for it. */
const wholeNotes = (own: Placed['part'], asked: Part): readonly string[] =>
  own === undefined && asked !== 'train' ? [`no parts: all images were taken for the part "${asked}"`] : [];

/** Says which classes are called as parts might be, unless that was asked for. */
const wordyNotes = ({ classes }: Classes, folders: Folders | undefined): readonly string[] => {
  const wordy = classes.filter((name) => partWord(name) !== undefined);
  if (wordy.length === 0 || folders !== undefined) return [];
  return [`taken for classes, and not for parts of the data set: ${wordy.join(', ')}`];
};

/** Says which images keep the others from having classes. */
const looseNotes = (taken: readonly Placed[]): readonly string[] => {
  const loose = taken.filter(({ folders }) => folders.length === 0);
  if (loose.length === 0 || loose.length === taken.length) return [];
  const some = `${loose.length} of ${taken.length} images, ${loose[0]?.path} for one, lie beside the folders`;
  return [`no classes: ${some}; move them into folders of classes to have labels`];
};

async function* readAll(
  tree: FileTree,
  paths: readonly string[],
  names: readonly string[] | undefined,
): AsyncGenerator<SourceImage> {
  const places = new Map(paths.map((path, n) => [path, n]));
  for await (const { path, content } of tree.read(new Set(paths)) as AsyncIterable<TreeFile>) {
    const className = names?.[places.get(path) as number];
    yield { name: path, content, ...(className === undefined ? {} : { className }) };
  }
}
