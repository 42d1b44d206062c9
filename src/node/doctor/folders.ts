import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWritable } from '../output.ts';

/** A folder that this package keeps things in. */
export type FolderState = {
  readonly folder: string;
  /** Of all files in it, links not followed; 0 for a folder that is not there yet. */
  readonly bytes: number;
  /** Whether files can be made in it, or it can itself be made. */
  readonly isWritable: boolean;
};

export const folderState = async (folder: string): Promise<FolderState> => ({
  folder,
  bytes: await bytesIn(folder),
  isWritable: await checkWritable(join(folder, 'file')).then(
    () => true,
    () => false,
  ),
});

const bytesIn = async (folder: string): Promise<number> => {
  let bytes = 0;
  try {
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (entry.isFile()) bytes += await sizeOf(join(entry.parentPath, entry.name));
    }
  } catch {
    return bytes; // not there, or not all of it readable
  }
  return bytes;
};

const sizeOf = async (path: string): Promise<number> => (await lstat(path).catch(() => undefined))?.size ?? 0;
