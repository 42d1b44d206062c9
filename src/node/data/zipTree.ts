import { posix } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { archiveTree, damaged, type Stored } from './archiveTree.ts';
import type { FileTree } from './fileTree.ts';
import { plainPath } from './links.ts';

/** The files of a zip archive. */
export const zipTree = (path: string): Promise<FileTree> => archiveTree(path, 'zip', (wants) => readZip(path, wants));

async function* readZip(path: string, wants: (stored: Stored) => boolean): AsyncGenerator<Stored> {
  const zip = await openPromise(path, { autoClose: false }).catch((error) => {
    throw damaged(path, error);
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const stored = { path: plainPath(entry.fileName), size: entry.uncompressedSize };
      if (isLink(entry)) yield { ...stored, link: await targetOf(zip, entry) };
      else yield wants(stored) ? { ...stored, bytes: await contentOf(zip, entry) } : stored;
    }
  } catch (error) {
    throw damaged(path, error);
  } finally {
    zip.close();
  }
}

/** @see PKWARE, APPNOTE.TXT, 4.4.15: the upper half of the attributes is the mode of the file. */
const isLink = ({ externalFileAttributes }: Entry): boolean =>
  ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/** No path is longer. */
const MOST_PATH = 4096;

const targetOf = async (zip: ZipFile, entry: Entry): Promise<string> => {
  if (entry.uncompressedSize > MOST_PATH) return '';
  const target = (await contentOf(zip, entry)).toString('utf8');
  return plainPath(posix.join(posix.dirname(entry.fileName), target));
};

const contentOf = async (zip: ZipFile, entry: Entry): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
  return Buffer.concat(parts);
};
