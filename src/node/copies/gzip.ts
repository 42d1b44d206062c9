import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

/** Where a header of gzip says on which system it was packed, and what stands for none. */
const [SYSTEM, UNKNOWN] = [9, 255];

/**
 * Packs bytes as gzip does, without name, date or system, so that equal bytes are packed alike.
 *
 * @see RFC 1952, 2.3.1.
 */
export async function* gzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of pipeline(Readable.from(bytes), createGzip(), () => {}) as AsyncIterable<Buffer>) {
    if (at <= SYSTEM && SYSTEM < at + piece.length) piece[SYSTEM - at] = UNKNOWN;
    at += piece.length;
    yield piece;
  }
}
