import { fstatSync, readSync } from 'node:fs';
import { decodeHeader, HEADER_BYTES, MAGIC_BYTES } from './record.ts';

/** Bytes that are searched at a time for the next record behind damage. */
const WINDOW = 2 ** 16;

export type FoundRecord = {
  readonly digest: string;
  readonly offset: number;
  /** With its header. */
  readonly recordBytes: number;
};

export type Scan = {
  /** Where the last whole record ends. */
  readonly end: number;
  /** Bytes behind it: a record that is still being written, or was cut off. */
  readonly tail: number;
  /** Places between records where something else stands. */
  readonly damaged: number;
};

/**
 * Walks the records of a segment by their headers alone. Behind damage it goes on with the next header that is whole,
 * so that a wrong byte costs the record it is in and no other.
 *
 * @param from where a record starts, such as the end of an earlier scan.
 */
export const scanSegment = (file: number, from: number, visit: (record: FoundRecord) => void): Scan => {
  const size = fstatSync(file).size;
  let [offset, damaged] = [from, 0];
  while (offset < size) {
    const record = recordAt(file, offset, size);
    if (record) {
      visit(record);
      offset += record.recordBytes;
      continue;
    }
    const next = findRecord(file, offset + 1, size);
    if (next === undefined) break;
    damaged += 1;
    offset = next;
  }
  return { end: offset, tail: Math.max(size - offset, 0), damaged };
};

/** Up to `length` bytes of a file: fewer where it ends. */
export const readAt = (file: number, offset: number, length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer); // zeros would cost as much as reading does
  let read = 0;
  while (read < length) {
    const count = readSync(file, bytes, read, length - read, offset + read);
    if (count === 0) break;
    read += count;
  }
  return read === length ? bytes : bytes.slice(0, read);
};

/** The record that starts at a place and lies within the file: lengths are believed no further than that. */
const recordAt = (file: number, offset: number, size: number): FoundRecord | undefined => {
  const header = decodeHeader(readAt(file, offset, HEADER_BYTES));
  if (!header) return undefined;
  const recordBytes = HEADER_BYTES + header.dataBytes;
  return offset + recordBytes <= size ? { digest: header.digest, offset, recordBytes } : undefined;
};

const findRecord = (file: number, from: number, size: number): number | undefined => {
  for (let start = from; start < size; start += WINDOW) {
    const bytes = Buffer.from(readAt(file, start, WINDOW + MAGIC_BYTES.length - 1).buffer);
    for (let at = bytes.indexOf(MAGIC_BYTES); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
      if (recordAt(file, start + at, size)) return start + at;
    }
  }
  return undefined;
};
