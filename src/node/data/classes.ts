import type { Placed } from './parts.ts';

/**
 * The names of classes, each once, in the order of their numbers: whole numbers first, by their value, then all other
 * names by their characters. Equal names have equal numbers, in whatever order and place they were found.
 */
export const classNames = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort(byName);

const NUMBER = /^\d+$/;

/** A total order: first what kind of name it is, then its value, then the characters. */
const byName = (a: string, b: string): number => {
  const [isNumber, isOther] = [NUMBER.test(a), NUMBER.test(b)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  const byValue = isNumber ? compare(BigInt(a), BigInt(b)) : 0;
  return byValue || compare(a, b);
};

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : Number(a > b));

/** A name as it is written on any system: macOS takes letters with accents apart. */
export const className = (name: string): string => name.normalize('NFC').trim();

/** Classes of images, and all that there are. */
export type Classes = { readonly names: readonly (string | undefined)[]; readonly classes: readonly string[] };

/**
 * The class of each image of a part by its path: the first folder that is not common to all. A part numbers its
 * classes as the training part does, if that knows them all. Undefined unless every image is in such a folder, and
 * there are two at least.
 *
 * @param placed images of all parts.
 */
export const classesByFolder = (placed: readonly Placed[], part: Placed['part']): Classes | undefined => {
  const foldersOf = (asked: Placed['part']) => placed.filter((one) => one.part === asked).map(({ folders }) => folders);
  const trained = part === 'train' ? undefined : secondFolders(foldersOf('train'));
  const known = new Set(trained);
  const own = foldersOf(part);
  const names = secondFolders(own) ?? namesAmong(own, known);
  if (names === undefined) return undefined;
  return { names, classes: classNames(names.every((name) => known.has(name)) ? known : names) };
};

/** The classes of the images of all parts, each part's by its own folders; undefined for those of parts without. */
export const classesOfParts = (placed: readonly Placed[]): Classes | undefined => {
  const found = new Map<string, string>();
  for (const part of new Set(placed.map((one) => one.part))) {
    const { names = [] } = classesByFolder(placed, part) ?? {};
    for (const [n, { path }] of placed.filter((one) => one.part === part).entries()) {
      const name = names[n];
      if (name !== undefined) found.set(path, name);
    }
  }
  if (found.size === 0) return undefined;
  return { names: placed.map(({ path }) => found.get(path)), classes: classNames(found.values()) };
};

/** The first folder that is not common to all. */
const secondFolders = (folders: readonly (readonly string[])[]): string[] | undefined => {
  let common = 0;
  const [first = []] = folders;
  while (common < first.length && folders.every((names) => names[common] === first[common])) common += 1;
  const names = folders.flatMap((own) => own.slice(common, common + 1).map(className));
  return names.length === folders.length && names.length > 0 ? names : undefined;
};

/** Where all images are in the same folder: the one that is called like a class. */
const namesAmong = (folders: readonly (readonly string[])[], known: ReadonlySet<string>): string[] | undefined => {
  const names = folders.flatMap((own) => own.map(className).find((name) => known.has(name)) ?? []);
  return names.length === folders.length && names.length > 0 ? names : undefined;
};
