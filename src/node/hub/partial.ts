import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { isRunning, thisProcess } from '../owner.ts';

const claimed = new Set<string>();
let count = 0;

/**
 * A file of our own in which a content of the cache grows. It starts with what an earlier download left: one that
 * failed, of whatever client (`<digest>.incomplete`), or one of ours whose process was killed
 * (`<digest>.<process>-<thread>-<number>.incomplete`). Whoever downloads the same content at the same time has another.
 */
export const claimPart = async (blob: string): Promise<string> => {
  const part = `${blob}.${process.pid}-${threadId}-${count++}.incomplete`;
  claimed.add(part);
  await mkdir(dirname(blob), { recursive: true });
  for (const left of await leftovers(blob)) {
    const isTaken = await rename(left, part).then(
      () => true,
      () => false, // somebody else was faster
    );
    if (isTaken) return part;
  }
  await writeFile(part, '');
  return part;
};

/** Leaves what has arrived for the next attempt. */
export const keepPart = async (part: string, blob: string): Promise<void> => {
  const isEmpty = (await lengthOf(part)) === 0;
  await (isEmpty ? rm(part, { force: true }) : rename(part, `${blob}.incomplete`));
  claimed.delete(part);
};

/** The content is whole and proved: puts it where every client looks for it. */
export const finishPart = async (part: string, blob: string): Promise<void> => {
  await rename(part, blob);
  claimed.delete(part);
};

/** In bytes; 0 for a file that is not there. */
export const lengthOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

const leftovers = async (blob: string): Promise<readonly string[]> => {
  const names = await readdir(dirname(blob));
  const own = names.filter((name) => name.startsWith(`${basename(blob)}.`));
  return own.map((name) => join(dirname(blob), name)).filter((path) => isAbandoned(path, path.slice(blob.length)));
};

const isAbandoned = (path: string, ending: string): boolean => {
  if (ending === '.incomplete') return true;
  const [, process_, thread] = /^\.(\d+)-(\d+)-\d+\.incomplete$/.exec(ending) ?? [];
  if (process_ === undefined) return false; // another client's, which need not have grown from its start
  if (Number(process_) !== process.pid) return !isRunning({ host: thisProcess.host, pid: Number(process_), start: 0 });
  return Number(thread) === threadId && !claimed.has(path); // containers give the same number again
};
