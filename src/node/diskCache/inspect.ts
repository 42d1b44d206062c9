import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecord } from './record.ts';
import { deleteSegment } from './room.ts';
import { readAt, scanSegment } from './scan.ts';
import { closedAmong, listSegments } from './segments.ts';
import { checkTagged } from './tag.ts';

/** What is in the folder of a cache. */
export type CacheContents = {
  /** Latents that can be found. */
  readonly entries: number;
  readonly bytes: number;
  readonly segments: number;
  /** Records that are damaged or cut off, as far as that was looked for. */
  readonly damaged: number;
};

/**
 * Looks through a cache, while others may use it.
 *
 * @param verify whether to read every latent, and not only where each one is.
 * @throws ArgumentError `not-a-cache`.
 */
export const inspectCache = (folder: string, { verify }: { readonly verify: boolean }): CacheContents => {
  checkTagged(folder);
  const segments = listSegments(folder);
  const isClosed = closedAmong(segments);
  const digests = new Set<string>();
  let [bytes, damaged] = [0, 0];
  for (const segment of segments) {
    const found = inspectSegment(join(folder, segment.file), { verify, isClosed: isClosed(segment) });
    for (const digest of found.digests) digests.add(digest);
    bytes += found.bytes;
    damaged += found.damaged;
  }
  return { entries: digests.size, bytes, segments: segments.length, damaged };
};

const inspectSegment = (
  path: string,
  { verify, isClosed }: { readonly verify: boolean; readonly isClosed: boolean },
) => {
  const digests: string[] = [];
  let damaged = 0;
  const file = openSync(path, 'r');
  try {
    const { end, tail, ...scan } = scanSegment(file, 0, ({ digest, offset, recordBytes }) => {
      if (!verify || decodeRecord(readAt(file, offset, recordBytes), digest)) digests.push(digest);
      else damaged += 1;
    });
    damaged += scan.damaged + (isClosed && tail > 0 ? 1 : 0); // else the tail is a record that is being written
    return { digests, damaged, bytes: end + tail };
  } finally {
    closeSync(file);
  }
};

/**
 * Deletes the latents of a cache, and nothing else; it stays a cache. A running process that writes to it begins anew.
 *
 * @returns what was deleted.
 * @throws ArgumentError `not-a-cache`.
 */
export const clearCache = (folder: string): Pick<CacheContents, 'segments' | 'bytes'> => {
  checkTagged(folder);
  const segments = listSegments(folder);
  const sizes = segments.map(({ file }) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0);
  for (const segment of segments) deleteSegment(folder, segment);
  return { segments: segments.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
};
