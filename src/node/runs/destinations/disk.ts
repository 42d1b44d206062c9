import { type FileHandle, link as linkFile, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../../errors.ts';
import { warnOnce } from '../../../warn.ts';
import type { Destination } from '../destination.ts';
import { checkName } from './checkName.ts';
import { onDisk } from './diskFault.ts';
import {
  isAbsence,
  isThere,
  type Link,
  linkNew,
  makeFolder,
  moveOver,
  removeEmpty,
  renameNew,
  whyNoLinks,
} from './diskMoves.ts';
import { namesIn } from './diskNames.ts';
import { isPart, sweepParts, writePart } from './diskParts.ts';
import type { DestinationOptions } from './options.ts';

type Opening = DestinationOptions & {
  /** How files get second names: what a test has instead of a drive that cannot. */
  readonly link?: Link;
};

/**
 * A folder on a disk of this machine, or on one that many share. A file is written beside under a name of its process,
 * and then linked to its real one, which of many only the first can do. Where there are no links it is renamed, after a
 * look whether there is something: then of two at the same moment both are told that they were first.
 *
 * @throws EnvironmentError `bad-output`; ArgumentError `bad-destination` for one that is read and not there.
 */
export const openDisk = async (place: string, options: Opening = {}): Promise<Destination> => {
  const { link = linkFile, isReadOnly = false } = options;
  const root = resolve(place);
  const isExclusive = isReadOnly ? await findFolder(root, place) : await openFolder(root, place, link);
  const at = (name: string): string => {
    checkName(name);
    return join(root, name);
  };
  const putOver = async (name: string, bytes: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<void> => {
    const path = at(name);
    const part = await writePart(root, path, bytes);
    await onDisk(path, () => moveOver(part, path));
  };

  return {
    place,
    isExclusive,
    async putNew(name, bytes) {
      const path = at(name);
      if (await onDisk(path, () => isThere(path))) return false; // or else it is written in vain
      const part = await writePart(root, path, [bytes]);
      return onDisk(path, () => (isExclusive ? linkNew(part, path, link) : renameNew(part, path)));
    },
    put: (name, bytes) => putOver(name, [bytes]),
    putStream: putOver,
    read: (name, span) => readFrom(at(name), span),
    async *list(prefix) {
      for await (const name of namesIn(root, prefix)) if (!isPart(name)) yield name;
    },
    async remove(name) {
      const path = at(name);
      await onDisk(path, () => rm(path, { force: true }));
      await removeEmpty(dirname(path), root);
    },
    sweep: () => onDisk(root, () => sweepParts(root)),
    async close() {}, // nothing is open between calls
  };
};

/** @returns true: who only reads need not be told of links. */
const findFolder = async (root: string, place: string): Promise<true> => {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory()) return true;
  throw new ArgumentError('bad-destination', `${found ? `${place} is a file` : `there is no ${place}`}; name a folder`);
};

/** @returns whether files get second names in it. */
const openFolder = async (root: string, place: string, link: Link): Promise<boolean> => {
  const found = await stat(root).catch(() => undefined);
  if (found && !found.isDirectory()) {
    throw new EnvironmentError('bad-output', `cannot write into ${place}: it is a file; name a folder`);
  }
  await onDisk(root, () => makeFolder(root));
  const why = await whyNoLinks(root, link);
  if (why === undefined) return true;
  warnOnce(
    `${place} has no hard links (${why}): two that make the same at once may both put it, and the later one stays`,
  );
  return false;
};

type Span = { readonly at: number; readonly bytes: number };

/** @throws EnvironmentError `bad-destination` for what is there and cannot be read. */
const readFrom = async (path: string, span?: Span): Promise<Uint8Array | undefined> => {
  try {
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).isFile()) return span === undefined ? await file.readFile() : await readSpan(file, span);
      return undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsence(error)) return undefined;
    const why = `cannot read ${path}: ${(error as Error).message}`;
    throw new EnvironmentError('bad-destination', `${why}; check who may read it, and the disk`, { cause: error });
  }
};

const readSpan = async (file: FileHandle, { at, bytes: wanted }: Span): Promise<Uint8Array> => {
  const bytes = new Uint8Array(wanted);
  let there = 0;
  while (there < wanted) {
    const { bytesRead } = await file.read(bytes, there, wanted - there, at + there);
    if (bytesRead === 0) break; // the file ends within the span
    there += bytesRead;
  }
  return bytes.subarray(0, there);
};
