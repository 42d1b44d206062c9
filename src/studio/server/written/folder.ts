import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EnvironmentError } from '../../../errors.ts';

/** A folder that is written beside its place, and put there when it is whole. */
export type WrittenFolder = {
  readonly put: (name: string, content: string | Uint8Array) => Promise<void>;
  /** Bytes so far. */
  readonly bytes: () => number;
  /** Puts it in its place; one of ours that was there goes. */
  readonly finish: () => Promise<void>;
  /** Removes what is not finished; after `finish` it does nothing. */
  readonly drop: () => Promise<void>;
};

/** Tells a folder of ours, which may be written anew, from any other. */
const MARK = '.boomerang-studio';

/**
 * Refuses a place that holds anything else before any work is done.
 *
 * @throws EnvironmentError `bad-output`
 */
export const checkFolder = async (out: string): Promise<void> => {
  if (out === '') throw refusal('""', 'a name is needed');
  const entries = await readdir(resolve(out)).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw refusal(out, error.code === 'ENOTDIR' ? 'it is a file; name a folder' : String(error.code));
  });
  if (entries.length === 0 || entries.includes(MARK)) return;
  throw refusal(out, 'it holds something else than a page of the studio; name another folder, or an empty one');
};

/** @throws EnvironmentError `bad-output` */
export const openFolder = async (out: string): Promise<WrittenFolder> => {
  await checkFolder(out);
  const place = resolve(out);
  const [part, old] = ['part', 'old'].map((end) => `${place}.${process.pid}.${end}`) as [string, string];
  let bytes = 0;
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: NodeJS.ErrnoException) => {
      throw refusal(out, `${error.code ?? error.message}; choose another place`);
    });
  const put: WrittenFolder['put'] = async (name, content) => {
    const path = join(part, name);
    await told(mkdir(dirname(path), { recursive: true }));
    await told(writeFile(path, content));
    bytes += typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  };
  const finish = async (): Promise<void> => {
    await checkFolder(out); // somebody may have put something there meanwhile
    const isThere = await rename(place, old).then(
      () => true,
      () => false,
    );
    await told(rename(part, place)).catch(async (error: unknown) => {
      if (isThere) await rename(old, place);
      throw error;
    });
    await rm(old, { recursive: true, force: true });
  };
  await put(MARK, 'A page of the boomerang studio: it is written anew as a whole.\n');
  return { put, bytes: () => bytes, finish, drop: () => rm(part, { recursive: true, force: true }) };
};

const refusal = (path: string, why: string): EnvironmentError =>
  new EnvironmentError('bad-output', `cannot write ${path}: ${why}`);
