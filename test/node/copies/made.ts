import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CopyOptions } from '../../../src/node/copies/copyOptions.ts';
import { openCopies } from '../../../src/node/copies/openCopies.ts';
import { type Original, type Originals, openOriginals, type Unreadable } from '../../../src/node/copies/originals.ts';

export const SALT = 'a secret of the test';

/** All that can be read at some places, or all. */
export const readAll = async (originals: Originals, places?: readonly number[]): Promise<(Original | Unreadable)[]> => {
  const found: (Original | Unreadable)[] = [];
  for await (const original of originals.read(places)) found.push(original);
  return found;
};

export const isRead = (original: Original | Unreadable): original is Original => 'pixels' in original;

type Making = Omit<CopyOptions, 'originals'> & {
  /** Places that get no copy. */
  readonly without?: readonly number[];
  /** What a copy's pixels are. */
  readonly change?: (original: Original) => Float32Array;
};

/** Copies all that can be read, as it is or changed. */
export const makeCopies = async (input: string, output: string, { without = [], change, ...options }: Making) => {
  const originals = await openOriginals(input);
  const copies = await openCopies(output, { ...options, originals });
  const places: number[] = [];
  for (const original of await readAll(originals)) {
    if (!isRead(original) || without.includes(original.place)) continue;
    await copies.write(original, change?.(original) ?? original.pixels);
    places.push(original.place);
  }
  return { ...(await copies.finish(places)), places, originals };
};

/** Paths of all files below a folder. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

/** Contents of all files below a folder, by their paths. */
export const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(filesIn(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));
