import { readFile } from 'node:fs/promises';
import { shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Originals } from '../copies/originals.ts';
import type { PictureFile } from '../data/layout.ts';

/** Says that each folder holds the pictures of one person. */
export const FOLDERS = 'folders';

/**
 * Who is seen in each image of a data set: the folder that it lies in, whatever part of the set that is in, or what a JSON file says of its path,
 * `{ "a/1.jpg": "somebody" }`.
 *
 * @throws ArgumentError `bad-people`: for files of many images, for pictures of which nothing is said, and for paths that
 *   are none of a picture.
 */
export const peopleIn = async ({ layout, path }: Originals, asked: string): Promise<readonly string[]> => {
  if (layout.content !== 'pictures') {
    throw badPeople(`${path} has its images in files of many, which do not say who is who; leave --people out`);
  }
  const paths = layout.pictures.map((picture) => picture.path);
  if (asked !== FOLDERS) return named(paths, asked);
  const folders = layout.pictures.map(personOf);
  const loose = folders.indexOf('');
  if (loose < 0) return folders;
  throw badPeople(`${paths[loose]} lies in no folder of a person, and folders are to be people; move it into one`);
};

/** The folders of a picture but for those of parts of the data set: who is in two of them is one person. */
const personOf = ({ path, isPart }: PictureFile): string =>
  path
    .split('/')
    .slice(0, -1)
    .filter((_, n) => !isPart[n])
    .join('/');

const named = async (paths: readonly string[], file: string): Promise<readonly string[]> => {
  const table = await readTable(file);
  const missing = paths.filter((path) => !table.has(path));
  if (missing.length > 0) {
    throw badPeople(`${file} does not say who is seen in ${missing[0]}, nor in ${missing.length - 1} other images`);
  }
  const known = new Set(paths);
  const odd = [...table.keys()].filter((path) => !known.has(path));
  if (odd.length > 0) {
    throw badPeople(`${file} names ${odd[0]}, and ${odd.length - 1} others, which are no images of the data set`);
  }
  return paths.map((path) => table.get(path) as string);
};

const readTable = async (file: string): Promise<ReadonlyMap<string, string>> => {
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw badPeople(`cannot read ${file}: ${code}; name a JSON file, or say "${FOLDERS}"`);
  });
  try {
    const table = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
    const odd = table.find(([, person]) => typeof person !== 'string' && typeof person !== 'number');
    if (odd === undefined) return new Map(table.map(([path, person]) => [path, String(person)]));
    throw badPeople(`${file} must give a name to each path, and gives ${shown(odd[1])} to ${odd[0]}`);
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    throw badPeople(`${file} is no JSON: ${(error as Error).message}; it must be like { "a/1.jpg": "somebody" }`);
  }
};

const badPeople = (message: string): ArgumentError => new ArgumentError('bad-people', message);
