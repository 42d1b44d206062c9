import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { archiveTree, damaged, type Stored } from './archiveTree.ts';
import type { FileTree } from './fileTree.ts';
import { plainPath } from './links.ts';

/** A tar archive is made of blocks of so many bytes. */
const BLOCK = 512;

/** The files of a tar archive, compressed with gzip or not, of any length: it is read in passes. */
export const tarTree = (path: string, isGzip: boolean): Promise<FileTree> =>
  archiveTree(path, isGzip ? 'tar.gz' : 'tar', (wants) => readTar(path, { isGzip, wants }));

type Reading = { readonly isGzip: boolean; readonly wants: (stored: Stored) => boolean };

async function* readTar(path: string, { isGzip, wants }: Reading): AsyncGenerator<Stored> {
  const found: Stored[] = [];
  let fault: Error | undefined;
  const parser = new Parser({ strict: true, onReadEntry: (entry) => collect(entry, { wants, found }) });
  parser.on('error', (error: Error) => {
    fault ??= error;
  });
  const check = (): void => {
    if (fault) throw fault;
  };
  const file = createReadStream(path);
  let length = 0;
  try {
    for await (const chunk of isGzip ? pipeline(file, createGunzip(), () => {}) : file) {
      parser.write(chunk);
      length += chunk.length;
      check();
      yield* found.splice(0);
    }
    parser.end();
    check();
    if (length % BLOCK !== 0) throw new Error('it breaks off in a header'); // the parser does not mind
  } catch (error) {
    throw damaged(path, error);
  } finally {
    file.destroy();
  }
  yield* found.splice(0);
}

const collect = (entry: ReadEntry, { wants, found }: Omit<Reading, 'isGzip'> & { found: Stored[] }): void => {
  const stored = describe(entry);
  if (stored && !(stored.link ?? stored.fault) && wants(stored)) {
    const parts: Buffer[] = [];
    entry.on('data', (part) => parts.push(part));
    entry.on('end', () => found.push({ ...stored, bytes: Buffer.concat(parts) }));
    return;
  }
  if (stored) found.push(stored);
  entry.resume();
};

const FOLDERS: readonly string[] = ['Directory', 'GNUDumpDir'];
const FILES: readonly string[] = ['File', 'OldFile', 'ContiguousFile'];

const describe = ({ path: given, size, type, linkpath = '' }: ReadEntry): Stored | undefined => {
  const path = plainPath(given);
  if (FOLDERS.includes(type)) return undefined;
  if (FILES.includes(type)) return given.endsWith('/') ? undefined : { path, size }; // the oldest archives' folders
  if (type === 'Link') return { path, size: 0, link: plainPath(linkpath) };
  if (type === 'SymbolicLink') return { path, size: 0, link: plainPath(posix.join(posix.dirname(path), linkpath)) };
  return { path, size: 0, fault: `it is a ${type}, no file` };
};
