import { EnvironmentError } from '../../../errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, and run it again: what is there stays',
  EDQUOT: 'the quota is used up; make room, and run it again: what is there stays',
  ENAMETOOLONG: 'the name is too long for this disk; choose a place with a shorter path, or shorter names of classes',
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
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why = REMEDIES[code] ?? `${code === 'EEXIST' ? 'a file is in the way' : code}; choose another place`;
    throw new EnvironmentError('bad-output', `cannot write ${path}: ${why || message}`, { cause: error });
  }
};
