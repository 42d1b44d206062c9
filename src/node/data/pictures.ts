import { ArgumentError } from '../../errors.ts';
import { type Classes, classesByFolder, classesOfParts, classNames } from './classes.ts';
import type { FileTree, TreeFile } from './fileTree.ts';
import type { PictureFile } from './layout.ts';
import { type Folders, noSuchPart, type Placed, placeByFolders } from './parts.ts';
import { partWord } from './partWords.ts';
import { findSamples } from './samples.ts';
import type { ImageSource, Part, SkippedImage, SourceImage } from './source.ts';

export type Asked = { readonly part: Part | 'all'; readonly folders: Folders | undefined };

/**
 * The images of a folder or an archive; folders are classes, or `.cls` files name them. Undefined if there is none.
 *
 * @throws ArgumentError `ambiguous-parts`, `no-such-part`, `missing-labels`.
 */
export const pictures = async (tree: FileTree, { part, folders }: Asked): Promise<ImageSource | undefined> => {
  const samples = await findSamples(tree);
  if (samples.pictures.length === 0) return undefined;
  const placed = placeByFolders(samples.pictures, folders);
  const own = part === 'all' ? undefined : choosePart(tree.place, placed, part);
  const taken = part === 'all' ? placed : placed.filter((one) => one.part === own);
  const paths = taken.map(({ path }) => path);
  const beside = samples.classes && classesBeside(tree.place, paths, samples.classes);
  const found = beside ?? (part === 'all' ? classesOfParts(placed) : classesByFolder(placed, own));
  const outside = part === 'all' ? [] : placed.filter((one) => one.part === 'none');
  const why = 'it is in none of the parts of the data set';
  const read = (wanted: ReadonlySet<number>) =>
    readAll(tree, { paths, names: found && found.classes.length > 1 ? found.names : undefined, wanted });
  return {
    ...(found && found.classes.length > 1 ? { classes: found.classes } : {}),
    count: paths.length,
    skipped: [...tree.skipped, ...samples.skipped, ...outside.map(({ path }): SkippedImage => ({ name: path, why }))],
    notes: [...(found ? wordyNotes(found, folders) : looseNotes(taken)), ...wholeNotes(own, part)],
    layout: {
      container: tree.container,
      content: 'pictures',
      pictures: taken.map((one) => fileOf(one, samples.classes?.get(one.path))),
    },
    images: read(new Set(paths.keys())),
    at: read,
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
const wholeNotes = (own: Placed['part'], asked: Asked['part']): readonly string[] =>
  own === undefined && asked !== 'train' && asked !== 'all'
    ? [`no parts: all images were taken for the part "${asked}"`]
    : [];

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

/** Folders of parts are those that are not among the others. */
const fileOf = ({ path, folders }: Placed, beside: string | undefined): PictureFile => {
  const names = path.split('/').slice(0, -1);
  const isPart = names.map(() => true);
  let others = folders.length;
  for (let n = names.length - 1; n >= 0; n -= 1) {
    if (others === 0 || names[n] !== folders[others - 1]) continue;
    isPart[n] = false;
    others -= 1;
  }
  return { path, isPart, ...(beside === undefined ? {} : { beside }) };
};

type Reading = {
  readonly paths: readonly string[];
  readonly names: readonly (string | undefined)[] | undefined;
  readonly wanted: ReadonlySet<number>;
};

async function* readAll(tree: FileTree, { paths, names, wanted }: Reading): AsyncGenerator<SourceImage> {
  const places = new Map(paths.flatMap((path, n) => (wanted.has(n) ? [[path, n] as const] : [])));
  for await (const { path, content } of tree.read(new Set(places.keys())) as AsyncIterable<TreeFile>) {
    const place = places.get(path) as number;
    const className = names?.[place];
    yield { place, name: path, content, ...(className === undefined ? {} : { className }) };
  }
}
