import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from '../checkpoints/folder.ts';
import { CheckpointError } from '../errors.ts';

/** A folder on disk. */
export type DiskFolder = Folder & {
  /** The path on disk of a path within the folder. */
  locate(path: string): string;
};

/**
 * A model's folder on disk.
 *
 * @throws CheckpointError `no-such-model` when there is no such folder.
 */
export const openFolder = async (path: string): Promise<DiskFolder> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new CheckpointError('no-such-model', `there is no model ${path}; check the path`);
  if (!found.isDirectory()) {
    throw new CheckpointError('no-such-model', `${path} is a file; name the folder of a model`);
  }
  return {
    name: path,
    locate: (file) => join(path, file),
    read: (file) => readBytes(path, file),
    async exists(file) {
      return (await stat(join(path, file)).catch(() => undefined))?.isFile() ?? false;
    },
  };
};

const readBytes = async (folder: string, file: string): Promise<Uint8Array> => {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [name, why] =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? ['no-such-file', 'it is not there; fetch the whole folder of the model']
        : ['unreadable-file', `${message}; let this user read it`];
    throw new CheckpointError(name, `cannot read ${join(folder, file)}: ${why}`, { cause: error });
  }
};
