import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { DATE, type OutFile } from './outFile.ts';

/**
 * Puts files into a folder that is not there yet, all of one date. Content on disk is linked where the file system can,
 * so that it takes its room once.
 *
 * @throws EnvironmentError `bad-output`
 */
export const layFolder = async (folder: string, files: AsyncIterable<OutFile> | Iterable<OutFile>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for await (const { path, content } of files) {
    await put(join(folder, path), content).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EEXIST' ? 'there is another file of that name' : (error.code ?? error.message);
      throw new EnvironmentError('bad-output', `cannot write ${path} among the copies: ${why}`);
    });
  }
  await dateAll(folder);
};

const put = async (place: string, content: OutFile['content']): Promise<void> => {
  await mkdir(dirname(place), { recursive: true });
  if (typeof content !== 'string') await writeFile(place, content, { flag: 'wx' });
  else await link(content, place).catch(() => copyFile(content, place, constants.COPYFILE_EXCL));
};

/** Folders after what is in them, since that changes their dates. */
const dateAll = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await dateAll(path);
    else await utimes(path, DATE, DATE);
  }
  await utimes(folder, DATE, DATE);
};
