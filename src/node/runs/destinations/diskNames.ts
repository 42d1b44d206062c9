import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { byCharacters } from './byCharacters.ts';

/** Entries of a folder that are asked of the system at once. */
const AT_ONCE = 1024;

/**
 * Names of the files in a folder and in those within it that begin with a prefix, in the order of their characters.
 * A disk has no order, so that the names of one folder are held at a time, and those of the folders above it.
 *
 * @param within the way to the folder from where names begin, with a `/` at its end.
 */
export async function* namesIn(root: string, prefix: string, within = ''): AsyncGenerator<string> {
  const found: string[] = [];
  for (const entry of await entriesOf(join(root, within))) {
    const name = `${within}${entry}`;
    if (name.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(name))) found.push(name);
  }
  for (const name of found.sort(byCharacters)) {
    if (name.endsWith('/')) yield* namesIn(root, prefix, name);
    else yield name;
  }
}

/** Folders have a `/` at their end, since what is in them is sorted by it too. */
const entriesOf = async (folder: string): Promise<string[]> => {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder, { bufferSize: AT_ONCE })) {
      names.push(entry.isDirectory() ? `${entry.name}/` : entry.name);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // somebody removed the last of it
  }
  return names;
};
