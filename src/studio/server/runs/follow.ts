import { watch } from 'node:fs';
import { open } from 'node:fs/promises';

/** Logs are looked at so often where nobody tells of changes, as on network drives. */
const POLL_MS = 1000;
/** What is read at once. */
const CHUNK = 64 * 1024;

/** The lines of a file from a place on, and the place behind the last whole one; a file that shrank is read anew. */
export const linesFrom = async (
  path: string,
  start: number,
): Promise<{ readonly lines: readonly string[]; readonly end: number; readonly isAnew: boolean }> => {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { lines: [], end: 0, isAnew: start > 0 };
  try {
    const { size } = await file.stat();
    const isAnew = size < start;
    const chunks: Buffer[] = [];
    for (let at = isAnew ? 0 : start; at < size; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(CHUNK, size - at)), 0, undefined, at);
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    const bytes = Buffer.concat(chunks);
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    const lines = whole.toString('utf8').split('\n').slice(0, -1);
    return { lines, end: (isAnew ? 0 : start) + whole.length, isAnew };
  } finally {
    await file.close();
  }
};

/** Waits until a file may have changed: until somebody says so, or a while has passed. Throws when it is aborted. */
export const changed = (paths: readonly string[], signal: AbortSignal): Promise<void> =>
  new Promise((done, fail) => {
    const watchers = paths.flatMap((path) => watcherOf(path, () => end(done)));
    const timer = setTimeout(() => end(done), POLL_MS);
    const stop = (): void => end(() => fail(signal.reason));
    const end = (then: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      for (const watcher of watchers) watcher.close();
      then();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });

const watcherOf = (path: string, tell: () => void) => {
  try {
    return [watch(path, tell).on('error', () => undefined)];
  } catch {
    return []; // it is not there, or cannot be watched: it is looked at now and then
  }
};
