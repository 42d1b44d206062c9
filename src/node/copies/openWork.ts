import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import { lockFolder } from '../folderLock.ts';

/** A folder that copies are collected in, for this process alone. */
export type Work = {
  /** Where the copies are, and where files of many and archives are packed. */
  readonly pieces: string;
  readonly packed: string;
  /** Where all is laid out before it goes to its place. */
  readonly out: string;
  /** Removes what copies were made into, and keeps what the caller has put there. */
  clear(): Promise<void>;
  /** Lets the folder go, and removes it if nothing is in it. */
  close(): Promise<void>;
};

/**
 * Opens a work folder, a new one or that of an earlier run, which nobody else may read.
 *
 * @throws ArgumentError `output-exists` for a folder of something else; EnvironmentError `in-use`, `bad-output`.
 */
export const openWork = async (folder: string): Promise<Work> => {
  const [pieces, packed, out] = ['pieces', 'packed', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await makeFolder(folder, pieces).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof ArgumentError) throw error;
    const why = `cannot make ${folder}: ${error.code ?? error.message}`;
    throw new EnvironmentError('bad-output', `${why}; choose another place`);
  });
  const release = await lockFolder(join(folder, 'lock'), 'copies are written');
  return {
    pieces,
    packed,
    out,
    async clear() {
      for (const own of [pieces, packed]) await rm(own, { recursive: true, force: true });
    },
    async close() {
      await release();
      for (const own of [pieces, folder]) await rmdir(own).catch(() => undefined); // there is something in it
    },
  };
};

/** What a work folder is known by: copies, or the secret that is drawn before there are any. */
const OWN: readonly string[] = ['pieces', 'secret'];

const makeFolder = async (folder: string, pieces: string): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  const found = await readdir(folder).catch(() => undefined);
  if (found === undefined) await mkdir(folder, { mode: 0o700 });
  else if (found.length > 0 && !OWN.some((name) => found.includes(name))) {
    const rule = `${folder}, where copies are collected, holds something else, ${found[0]}`;
    throw new ArgumentError('output-exists', `${rule}; remove it, or choose another output`);
  }
  await mkdir(pieces, { recursive: true });
};
