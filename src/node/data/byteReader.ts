import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ArgumentError } from '../../errors.ts';

/** A file that is read from its beginning, a piece at a time, so that its length does not matter. */
export type BinaryFile = {
  /** For messages. */
  readonly name: string;
  /** In bytes, as it is stored. */
  readonly size: number;
  pieces(): AsyncIterable<Uint8Array>;
  /** The same from a byte on, where what precedes it need not be read. */
  piecesFrom?(at: number): AsyncIterable<Uint8Array>;
};

/** A file on disk. @throws what `stat` throws. */
export const diskFile = async (path: string): Promise<BinaryFile> => ({
  name: path,
  size: (await stat(path)).size,
  pieces: () => createReadStream(path, { highWaterMark: 2 ** 18 }),
  piecesFrom: (start) => createReadStream(path, { start, highWaterMark: 2 ** 18 }),
});

/** Deflate makes a byte of at most so many: a file cannot hold more. */
const MOST_EXPANSION = 1032;

/** Reads a file in order, and unpacks it on the way if it was packed with gzip. */
export type ByteReader = {
  readonly isPacked: boolean;
  /** How many bytes there can be in all. */
  readonly most: number;
  /** The next bytes; fewer where the file ends. */
  take(count: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** @throws what reading or unpacking throws. */
export const openReader = (file: BinaryFile): Promise<ByteReader> => readerOf(file, file.pieces());

/**
 * Opens a file at a byte of its content: without reading what precedes it, if it lies on disk and is not packed.
 *
 * @throws what reading or unpacking throws.
 */
export const openReaderAt = async (file: BinaryFile, at: number): Promise<ByteReader> => {
  const reader = await openReader(file);
  if (file.piecesFrom && !reader.isPacked && at > 0) {
    await reader.close();
    return readerOf(file, file.piecesFrom(at), false);
  }
  for (let left = at; left > 0; left -= PASSED_OVER) await reader.take(Math.min(left, PASSED_OVER));
  return reader;
};

const PASSED_OVER = 2 ** 20;

const readerOf = async (
  file: BinaryFile,
  stored: AsyncIterable<Uint8Array>,
  mayBePacked = true,
): Promise<ByteReader> => {
  const raw = stored[Symbol.asyncIterator]();
  const first = (await raw.next()).value ?? new Uint8Array();
  const isPacked = mayBePacked && first[0] === 0x1f && first[1] === 0x8b;
  const plain = afterFirst(first, raw);
  const pieces = isPacked ? pipeline(Readable.from(plain), createGunzip(), () => {}).iterator() : plain;
  let rest: Uint8Array = new Uint8Array();
  const fill = async (): Promise<boolean> => {
    const next = await pieces.next();
    rest = next.done ? new Uint8Array() : next.value;
    return !next.done;
  };
  return {
    isPacked,
    most: isPacked ? file.size * MOST_EXPANSION : file.size,
    async take(count) {
      const taken = new Uint8Array(count);
      let at = 0;
      while (at < count && (rest.length > 0 || (await fill()))) {
        const part = rest.subarray(0, count - at);
        taken.set(part, at);
        rest = rest.subarray(part.length);
        at += part.length;
      }
      return taken.subarray(0, at);
    },
    async close() {
      await pieces.return?.(undefined);
      await raw.return?.(undefined);
    },
  };
};

async function* afterFirst(first: Uint8Array, others: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}

/** @throws ArgumentError `too-large` */
export const roomFor = (bytes: number, what: string): Uint8Array => {
  try {
    return new Uint8Array(bytes);
  } catch {
    const remedy = 'read them at a smaller size, or fewer at a time';
    throw new ArgumentError('too-large', `${what} take ${bytes} bytes, more than Node keeps together; ${remedy}`);
  }
};
