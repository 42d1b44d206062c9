import { mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { newPart, writePart } from './diskParts.ts';

/** Gives a file a second name, and refuses with `EEXIST` where there is one of that name. */
export type Link = (from: string, to: string) => Promise<void>;

/** Folders that are made anew, since somebody removed them for being empty, before it counts as a fault. */
const TRIES = 20;

/**
 * Gives a file its real name, if nothing has that.
 *
 * @returns whether it has it now.
 */
export const linkNew = async (part: string, path: string, link: Link): Promise<boolean> => {
  try {
    await move(part, path, link);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await stat(part)).nlink > 1; // a network drive that lost its answer asks twice, and finds its own
  } finally {
    await rm(part, { force: true });
  }
};

/** As {@link linkNew} where there are no links: of two at once both may be told that they were first. */
export const renameNew = async (part: string, path: string): Promise<boolean> => {
  const isFree = !(await isThere(path));
  if (isFree) await moveOver(part, path);
  else await rm(part, { force: true });
  return isFree;
};

/** Gives a file its real name, whatever had it before. */
export const moveOver = async (part: string, path: string): Promise<void> => {
  try {
    await move(part, path, rename);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};

/** Folders on the way are made, and made again where {@link removeEmpty} of somebody else was in between. */
const move = async (part: string, path: string, how: Link, tries = TRIES): Promise<void> => {
  try {
    await how(part, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || tries === 1) throw error;
    await makeFolder(dirname(path));
    await move(part, path, how, tries - 1);
  }
};

/**
 * Makes a folder with those above it, if it is not there. Node's own `recursive` never ends where a folder that is
 * there takes none, as `/proc` does.
 */
export const makeFolder = async (path: string): Promise<void> => {
  const make = (): Promise<void> =>
    mkdir(path).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
};

/** Removes folders that are empty, from one up to the root, which stays: stores of objects have none either. */
export const removeEmpty = async (folder: string, root: string): Promise<void> => {
  const way = relative(root, folder);
  if (way === '' || way.startsWith('..')) return;
  const isGone = await rmdir(folder).then(
    () => true,
    () => false, // it is not empty, or somebody else was faster
  );
  if (isGone) await removeEmpty(dirname(folder), root);
};

/** Why files get no second names in a folder; undefined where they do. */
export const whyNoLinks = async (root: string, link: Link): Promise<string | undefined> => {
  const [part, second] = [await writePart(root, root, []), newPart(root)];
  try {
    await link(part, second);
    return undefined;
  } catch (error) {
    return codeOf(error) ?? String(error);
  } finally {
    await rm(part, { force: true });
    await rm(second, { force: true });
  }
};

export const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
};

/** Whether an error says that there is no such file. */
export const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
