import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EnvironmentError } from '../errors.ts';

/** Files that are being written now. */
const unfinished = new Set<string>();

/**
 * Checks, before any work is done, that a file can be written: an empty one beside it is made, and removed. Folders that
 * are not there yet are made by `writeWhole`.
 *
 * @throws EnvironmentError `bad-output` when the path is empty or a folder, or its folder cannot be made or written.
 */
export const checkWritable = async (path: string): Promise<void> => {
  if (path === '') throw refusal('""', 'a name is needed');
  const full = resolve(path);
  if ((await kind(full)) === 'folder') throw refusal(path, 'it is a folder; name a file in it');
  let folder = dirname(full);
  while ((await kind(folder)) === 'nothing' && folder !== dirname(folder)) folder = dirname(folder);
  if ((await kind(folder)) === 'file') throw refusal(path, `${folder} is not a folder; choose another place`);
  const probe = join(folder, `.${randomUUID()}.part`);
  unfinished.add(probe);
  try {
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    throw refusal(path, `the folder ${folder} cannot be written (${reason(error)}); choose another place`);
  } finally {
    unfinished.delete(probe);
  }
};

/**
 * Writes a file under a temporary name and then renames it, so that nobody ever sees half of it.
 *
 * @param mode who may read and write it. @defaultValue what the process gives to its files
 * @throws EnvironmentError `bad-output`; nothing is left behind.
 */
export const writeWhole = async (path: string, bytes: Uint8Array, mode?: number): Promise<void> => {
  const part = `${resolve(path)}.${process.pid}.part`;
  unfinished.add(part);
  try {
    await mkdir(dirname(part), { recursive: true });
    await writeFile(part, bytes, mode === undefined ? {} : { mode });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw refusal(path, `${reason(error)}; choose another place`);
  } finally {
    unfinished.delete(part);
  }
};

/** Removes what was being written, for a process that ends before it is whole. */
export const removeUnfinished = (): void => {
  for (const part of unfinished) rmSync(part, { force: true });
};

const kind = async (path: string): Promise<'folder' | 'file' | 'nothing'> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return reason(error) === 'ENOENT' || reason(error) === 'ENOTDIR' ? 'nothing' : 'folder';
  }
};

const reason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));

const refusal = (path: string, why: string): EnvironmentError =>
  new EnvironmentError('bad-output', `cannot write ${path}: ${why}`);
