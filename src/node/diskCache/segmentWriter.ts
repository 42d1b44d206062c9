import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { nobody, thisProcess } from '../owner.ts';
import { encodeHeader, HEADER_BYTES } from './record.ts';
import { deleteSegment, makeRoom } from './room.ts';
import { listSegments, makeSegment, type Segment } from './segments.ts';

/** A full cache gives up one part in so many at a time. */
const SEGMENTS = 16;

export type SegmentWriter = {
  /**
   * Writes a record behind those before it. Once this returns, the record outlives the process.
   *
   * @returns where it is; nothing when other writers' open segments leave no room for one of ours.
   * @throws what the system says; nothing of the record counts then.
   */
  append(digest: string, data: Uint8Array): Segment | undefined;
  /** Gives the open segment up: from now on anybody may drop it. Never throws. */
  close(): void;
};

type OpenSegment = { readonly segment: Segment; readonly handle: number; readonly capacity: number; end: number };

/** Writes segments into a folder, one after the other, within `maxBytes` for all that is in it. */
export const segmentWriter = (folder: string, maxBytes: number): SegmentWriter => {
  const writer = randomUUID().slice(0, 8); // names a file, and decides no number
  let number = 0;
  let open: OpenSegment | undefined;

  const begin = (recordBytes: number): OpenSegment | undefined => {
    const capacity = Math.max(Math.floor(maxBytes / SEGMENTS), recordBytes);
    number = 1 + Math.max(number, ...listSegments(folder).map((segment) => segment.number)); // no name comes twice
    const segment = makeSegment(number, thisProcess, writer);
    const handle = openSync(join(folder, segment.file), 'ax');
    if (makeRoom(folder, { maxBytes, capacity, begun: segment })) return { segment, handle, capacity, end: 0 };
    closeSync(handle);
    deleteSegment(folder, segment);
    return undefined;
  };
  return {
    append(digest, data) {
      const recordBytes = HEADER_BYTES + data.byteLength;
      if (open && !canTake(open, recordBytes)) {
        closeSync(open.handle);
        open = undefined;
      }
      open ??= begin(recordBytes);
      if (open) writeWhole(open, [encodeHeader(digest, data), data]);
      return open?.segment;
    },
    close() {
      if (open) release(folder, open);
      open = undefined;
    },
  };
};

/** Somebody may have dropped the file, which then is on its way to nowhere. */
const canTake = ({ handle, end, capacity }: OpenSegment, bytes: number): boolean =>
  end + bytes <= capacity && fstatSync(handle).nlink > 0;

/** All by one call, without a copy. */
const writeWhole = (open: OpenSegment, parts: readonly Uint8Array[]): void => {
  const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  try {
    if (writevSync(open.handle, parts) < bytes) throw new Error('no space for the whole of a latent');
    open.end += bytes;
  } catch (error) {
    ftruncateSync(open.handle, open.end);
    throw error;
  }
};

/** The new name says that nobody writes the segment. */
const release = (folder: string, { segment, handle }: OpenSegment): void => {
  try {
    closeSync(handle);
    renameSync(join(folder, segment.file), join(folder, makeSegment(segment.number, nobody, segment.writer).file));
  } catch {
    // it was dropped, or the disk fails: under the old name it is as good, and kept for longer
  }
};
