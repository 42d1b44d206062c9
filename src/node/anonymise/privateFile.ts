import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';

/**
 * Checks that a file is not there yet: what was lost with it cannot be had again.
 *
 * @throws ArgumentError `file-exists`.
 */
export const checkAbsent = async (path: string): Promise<void> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw exists(path);
};

/**
 * Writes a file for its owner alone (mode 600), which is not there yet; folders that are not there are made.
 *
 * @throws ArgumentError `file-exists`; EnvironmentError `bad-output`.
 */
export const writePrivate = async (path: string, text: string): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(path);
    await rm(path, { force: true }).catch(() => undefined);
    throw new EnvironmentError('bad-output', `cannot write ${path}: ${message}; choose another place`);
  }
};

const exists = (path: string): ArgumentError =>
  new ArgumentError('file-exists', `${path} is there already, and is not written over; choose another name`);
