import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { getRepoFolderName } from '@huggingface/hub';
import { EnvironmentError } from '../../errors.ts';

/**
 * The folder of one model in the cache, laid out as all of Hugging Face's clients do: contents by digest in `blobs`,
 * a tree of links to them for each commit in `snapshots`, and the commit of each branch or tag in `refs`.
 */
export type RepoCache = {
  /** Path of a content. */
  blob(oid: string): string;
  /** Folder of a commit. */
  snapshot(commit: string): string;
  /** The commit that a revision was when it was last fetched; a commit's own name is its commit. */
  commitOf(revision: string): Promise<string | undefined>;
  remember(revision: string, commit: string): Promise<void>;
  /** Makes a file of a snapshot stand for a content. @throws EnvironmentError `bad-cache` */
  link(oid: string, target: string): Promise<void>;
};

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

export const repoCache = (cache: string, name: string): RepoCache => {
  const home = join(cache, getRepoFolderName({ type: 'model', name }));
  const blob = (oid: string): string => join(home, 'blobs', oid);
  const snapshot = (commit: string): string => join(home, 'snapshots', commit);
  const ref = (revision: string): string => join(home, 'refs', revision);
  const commitOf = async (revision: string): Promise<string | undefined> => {
    if (isCommit(revision)) return revision;
    const text = await readFile(ref(revision), 'utf8').catch(() => ''); // never fetched
    return isCommit(text.trim()) ? text.trim() : undefined;
  };
  return {
    blob,
    snapshot,
    commitOf,
    async remember(revision, commit) {
      const known = await commitOf(revision); // a cache that cannot be written will do when nothing has changed
      if (known !== commit) await inCache(ref(revision), (part) => writeFile(part, commit));
    },
    link: (oid, target) =>
      inCache(target, async (part) => {
        const from = relative(dirname(target), blob(oid)); // relative, so that the cache can be moved
        await symlink(from, part).catch(() => copyFile(blob(oid), part)); // Windows allows links to some users only
      }),
  };
};

/**
 * Makes a file of the cache under a temporary name and renames it, so that other programs see it whole or not at all.
 *
 * @throws EnvironmentError `bad-cache`
 */
const inCache = (target: string, make: (part: string) => Promise<void>): Promise<void> =>
  writing(target, async () => {
    const part = `${target}.${randomUUID()}.tmp`;
    await mkdir(dirname(target), { recursive: true });
    await make(part);
    await rename(part, target);
  });

/** Runs what writes to the cache. @throws EnvironmentError `bad-cache` when the disk refuses. */
export const writing = async <T>(path: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    const remedy = 'make room or set HF_HOME to a folder that can be written';
    throw new EnvironmentError('bad-cache', `cannot write ${path}: ${code}; ${remedy}`, { cause });
  }
};
