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

type How = {
  /** Whether to read every latent, and not only where each one is. */
  readonly verify: boolean;
};

/**
 * Looks through a cache, while others may use it.
 *
 * @throws ArgumentError `not-a-cache`.
 */
export const inspectCache = (folder: string, how: How): CacheContents => {
  const steps = inspectSegments(folder, how);
  let next = steps.next();
  while (!next.done) next = steps.next();
  return next.value;
};

/** As `inspectCache`, segment by segment: for who has other things to do in between, or stops before the end. */
export function* inspectSegments(
  folder: string,
  { verify }: How,
): Generator<{ readonly found: CacheContents; readonly share: number }, CacheContents> {
  checkTagged(folder);
  const segments = listSegments(folder);
  const isClosed = closedAmong(segments);
  const digests = new Set<string>();
  let [bytes, damaged] = [0, 0];
  const foundIn = (count: number): CacheContents => ({ entries: digests.size, bytes, segments: count, damaged });
  for (const [n, segment] of segments.entries()) {
    const found = inspectSegment(join(folder, segment.file), { verify, isClosed: isClosed(segment) });
    for (const digest of found.digests) digests.add(digest);
    bytes += found.bytes;
    damaged += found.damaged;
    yield { found: foundIn(n + 1), share: (n + 1) / segments.length };
  }
  return foundIn(segments.length);
}

const inspectSegment = (path: string, { verify, isClosed }: How & { readonly isClosed: boolean }) => {
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
