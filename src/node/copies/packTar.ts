import { Header, Pax } from 'tar';
import { DATE, type OutFile, piecesOf, sizeOf } from './outFile.ts';

/** A tar archive is made of blocks of so many bytes, and ends with two of zeros. */
const BLOCK = 512;

/** A tar archive of files: all of one date and of nobody, so that equal files are packed alike. */
export async function* packTar(files: AsyncIterable<OutFile> | Iterable<OutFile>): AsyncGenerator<Uint8Array> {
  for await (const file of files) {
    const size = await sizeOf(file);
    yield tarHeader(file.path, size);
    yield* piecesOf(file);
    yield tarPadding(size);
  }
  yield TAR_END;
}

/** What ends an archive. */
export const TAR_END: Uint8Array = Buffer.alloc(2 * BLOCK);

/** What follows a file of a size. */
export const tarPadding = (size: number): Uint8Array => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** What precedes a file. Long names, and those of other letters than ASCII's, stand in a header of their own. */
export const tarHeader = (path: string, size: number): Uint8Array => {
  const facts = { path, size, mode: 0o644, uid: 0, gid: 0, mtime: DATE, type: 'File' } as const;
  const block = Buffer.alloc(BLOCK);
  const needsMore = new Header(facts).encode(block);
  return needsMore ? Buffer.concat([new Pax({ path, size, uid: 0, gid: 0, mtime: DATE }).encode(), block]) : block;
};
