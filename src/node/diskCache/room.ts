import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { closedAmong, listSegments, type Segment } from './segments.ts';

/** Segments that did not grow for so many milliseconds count as closed, whatever becomes of their writers. */
const DAY = 24 * 60 * 60 * 1000;

export type RoomOptions = {
  /** What all segments together may take. */
  readonly maxBytes: number;
  /** What one that is being written may grow to: it counts as that large already. */
  readonly capacity: number;
  /** The segment that was just begun: its time is now by the file system's own clock. */
  readonly begun: Segment;
};

/**
 * Deletes the oldest closed segments, anybody's, until the folder keeps within its bytes even if all open ones fill.
 * A writer calls this after it has begun a file and before it writes to it: of two at once the later one sees both.
 *
 * @returns whether there is room; without it the open segments alone are too many.
 */
export const makeRoom = (folder: string, { maxBytes, capacity, begun }: RoomOptions): boolean => {
  const listed = listSegments(folder);
  const isClosed = closedAmong(listed);
  const now = statSync(join(folder, begun.file)).mtimeMs;
  const claims = listed.map((segment) => {
    const { size = 0, mtimeMs = now } = statSync(join(folder, segment.file), { throwIfNoEntry: false }) ?? {};
    const isDroppable = isClosed(segment) || now - mtimeMs > DAY;
    return { segment, isDroppable, bytes: isDroppable ? size : Math.max(size, capacity) };
  });
  let total = claims.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { segment, isDroppable, bytes } of claims) {
    if (total <= maxBytes) break;
    if (!isDroppable) continue;
    deleteSegment(folder, segment);
    total -= bytes;
  }
  return total <= maxBytes;
};

/** Deletes a segment; that another process did so before is as good. */
export const deleteSegment = (folder: string, { file }: Pick<Segment, 'file'>): void =>
  rmSync(join(folder, file), { force: true });
