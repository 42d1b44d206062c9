import { EnvironmentError } from '../../../errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, and run it again: what is there stays',
  EDQUOT: 'the quota is used up; make room, and run it again: what is there stays',
  ENAMETOOLONG: 'the name is too long for this disk; choose a shorter path, or shorter names of classes',
  ENOTDIR: 'a file is where a folder has to be; choose another place',
  EISDIR: 'a folder is where a file has to be; choose another place',
};

/**
 * Does something to a disk, and says in one line what went wrong.
 *
 * @throws EnvironmentError `bad-output`
 */
export const onDisk = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error; // none of the disk
    const why = REMEDIES[code] ?? `${code}; choose another place`;
    throw new EnvironmentError('bad-output', `cannot write ${path}: ${why}`, { cause: error });
  }
};
