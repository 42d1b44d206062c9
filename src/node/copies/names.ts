import { createHmac } from 'node:crypto';
import { posix } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import type { PictureFile } from '../data/layout.ts';
import { type CopyFormat, endingOf, endsAs } from './formats.ts';

/** What copies are called: as their originals, by numbers in a secret order, or by keyed hashes. */
export type Names = 'keep' | 'number' | 'hash';

export type Naming = {
  readonly names: Names;
  /** Whoever knows it can find out what a hash or a number stands for: it is to be drawn at random, and kept secret. */
  readonly salt: string;
  /** Whether names of folders and classes are those of people, and go like names of files do. */
  readonly isPeople: boolean;
};

/** A digest that nobody makes without the salt: 64 hexadecimal digits. @see RFC 2104, HMAC. */
export const keyed = (salt: string, purpose: 'file' | 'person', name: string): string =>
  createHmac('sha256', salt).update(`${purpose}\0${name}`, 'utf8').digest('hex');

/** Digits of a name that is a hash. */
const HASH_DIGITS = 16;

/** Items in an order that only the salt tells, or as they are where names are kept. */
export const inOrder = <T>(items: readonly T[], nameOf: (item: T) => string, { names, salt }: Naming): readonly T[] => {
  if (names === 'keep') return items;
  const keys = new Map(items.map((item) => [item, keyed(salt, 'file', nameOf(item))]));
  return items.toSorted((a, b) => ((keys.get(a) as string) < (keys.get(b) as string) ? -1 : 1));
};

/** A picture that is to have a name. */
export type Unnamed = { readonly place: number; readonly file: PictureFile; readonly format: CopyFormat };

/** Where a copy goes, and the file of its class, if it has one beside it. */
export type Named = Unnamed & {
  readonly path: string;
  readonly beside?: { readonly path: string; readonly text: string };
};

/**
 * Names copies, in the order in which they are to be written. Numbers have no gaps: nothing tells how many are missing.
 *
 * @throws ArgumentError `bad-names` where two would have the same name.
 */
export const nameCopies = (pictures: readonly Unnamed[], naming: Naming): readonly Named[] => {
  const ordered = inOrder(pictures, ({ file }) => file.path, naming);
  const personOf = peopleNames(ordered, naming);
  const kept = keptNames(ordered);
  const named = ordered.map((picture, n): Named => {
    const { file, format } = picture;
    const folder = foldersOf(file).map(({ name, isPart }) => (isPart ? name : personOf(name)));
    const stem = naming.names === 'number' ? numbered(n, ordered.length) : keyed(naming.salt, 'file', file.path);
    const own =
      naming.names === 'keep' ? (kept.get(file.path) as string) : `${stem.slice(0, HASH_DIGITS)}.${endingOf(format)}`;
    const path = posix.join(...folder, own);
    if (file.beside === undefined) return { ...picture, path };
    const beside = posix.join(...folder, `${own.slice(0, own.indexOf('.', 1))}.cls`);
    return { ...picture, path, beside: { path: beside, text: personOf(file.beside) } };
  });
  const paths = new Set<string>();
  const twice = named.find(({ path }) => paths.size === paths.add(path).size)?.path;
  if (twice === undefined) return named;
  throw new ArgumentError(
    'bad-names',
    `two copies would have the same name, ${twice}; give one of the originals another`,
  );
};

const foldersOf = ({ path, isPart }: PictureFile) =>
  path
    .split('/')
    .slice(0, -1)
    .map((name, n) => ({ name, isPart: isPart[n] ?? false }));

const numbered = (n: number, count: number): string => String(n + 1).padStart(String(count).length, '0');

/** What a person is called; in all parts of the data set the same. */
const peopleNames = (pictures: readonly Unnamed[], { names, salt, isPeople }: Naming): ((name: string) => string) => {
  if (names === 'keep' || !isPeople) return (name) => name;
  if (names === 'hash') return (name) => keyed(salt, 'person', name).slice(0, HASH_DIGITS);
  const all = pictures.flatMap(({ file }) => [
    ...foldersOf(file).flatMap(({ name, isPart }) => (isPart ? [] : [name])),
    ...(file.beside === undefined ? [] : [file.beside]),
  ]);
  const order = [...new Set(all)]
    .map((name) => [keyed(salt, 'person', name), name] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const numbers = new Map(order.map(([, name], n) => [name, numbered(n, order.length)]));
  return (name) => numbers.get(name) as string;
};

/** Names that are kept, with another ending where the copy is of another format; no two become the same. */
const keptNames = (pictures: readonly Unnamed[]): ReadonlyMap<string, string> => {
  const taken = new Set(pictures.filter(({ file, format }) => endsAs(file.path, format)).map(({ file }) => file.path));
  const kept = new Map<string, string>();
  for (const {
    file: { path },
    format,
  } of pictures) {
    const { dir, name, ext } = posix.parse(path);
    const plain = `${name}.${endingOf(format)}`;
    const isFree = !taken.has(posix.join(dir, plain));
    const own = endsAs(path, format) ? name + ext : isFree ? plain : `${name}-${ext.slice(1)}.${endingOf(format)}`;
    taken.add(posix.join(dir, own));
    kept.set(path, own);
  }
  return kept;
};
