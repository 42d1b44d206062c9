import { Header, Pax } from 'tar';
import { DATE, type OutFile, piecesOf, sizeOf } from './outFile.ts';

/** A tar archive is made of blocks of so many bytes, and ends with two of zeros. */
const BLOCK = 512;

/** A tar archive of files: all of one date and of nobody, so that equal files are packed alike. */
export async function* packTar(files: AsyncIterable<OutFile> | Iterable<OutFile>): AsyncGenerator<Uint8Array> {
  for await (const file of files) {
    const size = await sizeOf(file);
    yield headerOf(file.path, size);
    yield* piecesOf(file);
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Long names, and those of other letters than ASCII's, stand in a header of their own. */
const headerOf = (path: string, size: number): Buffer => {
  const facts = { path, size, mode: 0o644, uid: 0, gid: 0, mtime: DATE, type: 'File' } as const;
  const block = Buffer.alloc(BLOCK);
  const needsMore = new Header(facts).encode(block);
  return needsMore ? Buffer.concat([new Pax({ path, size, uid: 0, gid: 0, mtime: DATE }).encode(), block]) : block;
};
