import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type BinaryFile, diskFile } from './byteReader.ts';
import type { Container } from './layout.ts';
import type { SkippedImage } from './source.ts';

/** A file and its content, or why there is none. */
export type TreeFile = { readonly path: string; readonly content: Uint8Array | { readonly fault: string } };

/** The files of a folder or an archive, which are read alike. */
export type FileTree = {
  /** For messages. */
  readonly place: string;
  readonly container: Container;
  /** With `/` between folders, always in the same order; hidden files, such as macOS puts into archives, are left out. */
  readonly paths: readonly string[];
  /** Files that cannot be read: links to nothing, and what is too large to be an image. */
  readonly skipped: readonly SkippedImage[];
  /** The files at some paths, each once for every path, in one pass. */
  read(paths: ReadonlySet<string>): AsyncIterable<TreeFile>;
  /** One file. */
  open(path: string): Promise<BinaryFile>;
};

/** Whether a path is of a file that a system made for itself. */
export const isHidden = (path: string): boolean =>
  /(^|\/)(\.[^/]|__MACOSX(\/|$)|Thumbs\.db$|desktop\.ini$)/i.test(path);

/** The files below a folder, those in folders that it links to included. */
export const folderTree = async (folder: string): Promise<FileTree> => {
  const skipped: SkippedImage[] = [];
  const paths: string[] = [];
  for await (const path of walk(folder, '', { skipped, above: [] })) paths.push(path);
  return diskTree(folder, { paths: paths.sort(), skipped });
};

/** A file and what lies beside it. */
export const filesBeside = async (path: string): Promise<FileTree> =>
  diskTree(dirname(path), { paths: (await readdir(dirname(path))).sort(), skipped: [] });

const diskTree = (folder: string, { paths, skipped }: Pick<FileTree, 'paths' | 'skipped'>): FileTree => ({
  place: folder,
  container: 'folder',
  paths,
  skipped,
  async *read(wanted) {
    for (const path of paths) {
      if (wanted.has(path)) yield { path, content: await readFile(join(folder, path)).catch(faultOf) };
    }
  },
  open: (path) => diskFile(join(folder, path)),
});

const faultOf = ({ code, message }: NodeJS.ErrnoException) => ({ fault: `it cannot be read: ${code ?? message}` });

type Walk = { readonly skipped: SkippedImage[]; readonly above: readonly string[] };

async function* walk(root: string, folder: string, { skipped, above }: Walk): AsyncGenerator<string> {
  const real = await realpath(join(root, folder));
  if (above.includes(real)) {
    skipped.push({ name: folder, why: 'it is a link to a folder that it lies in' });
    return;
  }
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (isHidden(path)) continue;
    const found = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => undefined) : entry;
    if (found?.isDirectory()) yield* walk(root, path, { skipped, above: [...above, real] });
    else if (found?.isFile()) yield path;
    else skipped.push({ name: path, why: found ? 'it is no file' : 'it is a link to nothing' });
  }
}
