import { randomUUID } from 'node:crypto';
import { chmod, constants, copyFile, link, rename, rm, stat, utimes } from 'node:fs/promises';
import { EnvironmentError } from '../../errors.ts';

/**
 * Makes a file under a temporary name and then renames it: nobody sees half of it, and of two who make the same file at
 * the same time each leaves a whole one.
 *
 * @throws whatever `make` throws; nothing is left behind.
 */
export const placeWhole = async (target: string, make: (part: string) => Promise<void>): Promise<void> => {
  const part = `${target}.${randomUUID()}.part`;
  try {
    await make(part);
    await rename(part, target);
  } finally {
    await rm(part, { force: true }).catch(() => undefined); // gone already, if all went well
  }
};

/** Reasons why a hard link is not to be had, but a copy may be: another disk, or one that has none. */
const NO_LINKS = ['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'];

/**
 * Gives a file a second name that is no symbolic link, since ONNX Runtime follows none: a hard link, which takes no
 * room, or else a copy of the same time.
 *
 * @throws EnvironmentError `no-cache-folder`.
 */
export const linkOrCopy = (file: string, target: string, makeLink: typeof link = link): Promise<void> =>
  placeWhole(target, async (part) => {
    try {
      await makeLink(file, part).catch(async (error: NodeJS.ErrnoException) => {
        if (!NO_LINKS.includes(error.code ?? '')) throw error;
        await copyWithTime(file, part);
      });
    } catch (cause) {
      throw noCacheFolder(target, cause);
    }
  });

const copyWithTime = async (file: string, target: string): Promise<void> => {
  await copyFile(file, target, constants.COPYFILE_FICLONE); // shares the blocks where the file system can
  await chmod(target, 0o644);
  const { atime, mtime } = await stat(file);
  await utimes(target, atime, mtime);
};

export const noCacheFolder = (path: string, cause: unknown): EnvironmentError => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const remedy = 'set XDG_CACHE_HOME to a folder that can be written, or use { engine: "tfjs" }';
  return new EnvironmentError('no-cache-folder', `cannot write ${path}: ${reason}; ${remedy}`, { cause });
};
