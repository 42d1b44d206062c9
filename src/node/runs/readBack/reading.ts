import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Destination } from '../destination.ts';

/** A file of a run, or some bytes of it. */
export type Wanted = { readonly name: string; readonly span?: { readonly at: number; readonly bytes: number } };

/**
 * Work that reads. A generator, so that the same work serves `dataset.map`, which may not wait, and whoever can; it is
 * given undefined for a file that is not there.
 */
export type Reading<T> = Generator<Wanted, T, Uint8Array | undefined>;

/** Reads without waiting, from a folder of this machine. */
export const readNow =
  (folder: string) =>
  <T>(work: Reading<T>): T => {
    let next = work.next();
    while (!next.done) next = work.next(bytesIn(resolve(folder), next.value));
    return next.value;
  };

const bytesIn = (folder: string, { name, span }: Wanted): Uint8Array | undefined => {
  try {
    return span ? partOf(join(folder, name), span) : readFileSync(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const partOf = (path: string, { at, bytes }: NonNullable<Wanted['span']>): Uint8Array => {
  const file = openSync(path, 'r');
  try {
    const part = new Uint8Array(bytes);
    return part.subarray(0, readSync(file, part, 0, bytes, at));
  } finally {
    closeSync(file);
  }
};

/** Reads from wherever a run lies. Files that several want whole at the same time are read once. */
export const readLater = (destination: Destination) => {
  const underWay = new Map<string, Promise<Uint8Array | undefined>>();
  const whole = (name: string): Promise<Uint8Array | undefined> => {
    const bytes = underWay.get(name) ?? destination.read(name).finally(() => underWay.delete(name));
    underWay.set(name, bytes);
    return bytes;
  };
  return async <T>(work: Reading<T>): Promise<T> => {
    let next = work.next();
    while (!next.done) {
      const { name, span } = next.value;
      next = work.next(await (span ? destination.read(name, span) : whole(name)));
    }
    return next.value;
  };
};

/** See `readLater`. */
export type ReadLater = ReturnType<typeof readLater>;
