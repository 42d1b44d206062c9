import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { folderWatch } from './folderWatch.ts';
import { decodeRecord } from './record.ts';
import { type FoundRecord, readAt, scanSegment } from './scan.ts';
import { closedAmong, listSegments, type Segment } from './segments.ts';

/** Files that are held open for reading: a full cache has about 16, many short runs leave more. */
const HANDLES = 32;

/** Where every record of a folder is, whoever wrote it. Nothing that goes wrong with a file makes it throw. */
export type Catalogue = {
  has(digest: string): boolean;
  /** Takes note of a record that this process has just appended to a segment. */
  add(segment: Segment, record: { readonly digest: string; readonly recordBytes: number }): void;
  /** The bytes under a digest; nothing when they are not there or not what was written. */
  read(digest: string): Uint8Array | undefined;
  /**
   * Looks at what was written and dropped since the last time, by anybody. Lists the folder only where it changed, and
   * otherwise looks at the segments that others still write, as many as there are writers.
   */
  refresh(): void;
  /** As `refresh`, and lists the folder in any case, so that writers that ended are seen too. */
  relist(): void;
  stats(): { readonly entries: number; readonly bytes: number; readonly damaged: number };
  close(): void;
};

/** A segment as far as it was looked at: no further than `size`, and whole records up to `end`. */
type Known = { readonly segment: Segment; end: number; size: number; isDone: boolean };
type Place = { readonly known: Known; readonly offset: number; readonly recordBytes: number };

/** @param onDamage is called whenever something is found damaged or cut off. */
export const openCatalogue = (folder: string, onDamage: () => void): Catalogue => {
  const known = new Map<string, Known>();
  const growing = new Set<Known>();
  const watch = folderWatch(folder);
  const places = new Map<string, Place>();
  const handles = new LRUCache<string, number>({ max: HANDLES, dispose: (handle) => closeSync(handle) });
  let damaged = 0;
  const addDamage = (count: number): void => {
    damaged += count;
    if (count > 0) onDamage();
  };

  const open = (file: string): number => {
    const kept = handles.get(file);
    if (kept !== undefined) return kept;
    const handle = openSync(join(folder, file), 'r');
    handles.set(file, handle);
    return handle;
  };
  const forget = (gone: Known): void => {
    known.delete(gone.segment.file);
    growing.delete(gone);
    handles.delete(gone.segment.file);
    for (const [digest, place] of places) if (place.known === gone) places.delete(digest);
  };
  const scan = (entry: Known): number => {
    const file = open(entry.segment.file);
    const { size } = fstatSync(file);
    if (size === entry.size) return size - entry.end;
    const add = ({ digest, offset, recordBytes }: FoundRecord) =>
      places.set(digest, { known: entry, offset, recordBytes });
    const found = scanSegment(file, entry.end, add);
    entry.end = found.end;
    entry.size = found.end + found.tail;
    addDamage(found.damaged);
    return found.tail;
  };
  const finish = (entry: Known): void => {
    if (scan(entry) > 0) addDamage(1); // a record that was cut off, and not one that is being written
    entry.isDone = true;
    growing.delete(entry);
  };

  const entryOf = (segment: Segment): Known => {
    const entry = known.get(segment.file) ?? { segment, end: 0, size: 0, isDone: false };
    known.set(segment.file, entry);
    return entry;
  };
  const list = (): void => {
    const listed = attempt(() => listSegments(folder)) ?? [];
    const present = new Set(listed.map(({ file }) => file));
    for (const entry of known.values()) if (!present.has(entry.segment.file)) forget(entry);
    const isClosed = closedAmong(listed);
    for (const segment of listed) {
      const entry = entryOf(segment);
      if (entry.isDone) continue;
      growing.add(entry);
      if (isClosed(segment)) attempt(() => finish(entry)); // asked first: a closed one grows no more
    }
  };
  const follow = (): void => {
    for (const entry of growing) attempt(() => scan(entry));
  };

  return {
    has: (digest) => places.has(digest),
    add(segment, { digest, recordBytes }) {
      const entry = entryOf(segment);
      entry.isDone = true; // whatever comes to it, comes from here
      growing.delete(entry);
      places.set(digest, { known: entry, offset: entry.end, recordBytes });
      entry.end += recordBytes;
    },
    read(digest) {
      const place = places.get(digest);
      if (!place) return undefined;
      const handle = attempt(() => open(place.known.segment.file));
      const record = handle === undefined ? undefined : attempt(() => readAt(handle, place.offset, place.recordBytes));
      const data = record && decodeRecord(record, digest);
      if (data) return data;
      places.delete(digest);
      if (handle !== undefined) addDamage(1); // else it was dropped since
      return undefined;
    },
    refresh() {
      if (watch.hasChanged()) list();
      follow();
    },
    relist() {
      list();
      follow();
    },
    stats: () => ({
      entries: places.size,
      bytes: [...known.values()].reduce((sum, { end }) => sum + end, 0),
      damaged,
    }),
    close: () => handles.clear(),
  };
};

/** What a file gives; nothing when it was dropped or renamed meanwhile, or the disk fails. */
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
