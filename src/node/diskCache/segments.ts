import { readdirSync } from 'node:fs';
import { isRunning, type Owner } from '../owner.ts';

/** An append-only file of records. Its name says who writes it, so that no byte in it has to be right for that. */
export type Segment = {
  readonly file: string;
  /** Rises with every segment that is begun: the order of age. */
  readonly number: number;
  /** Tells the caches of one process apart. */
  readonly writer: string;
  readonly owner: Owner;
};

const NAME = /^(\d{8,15})\.([0-9a-f]{8})\.(0|[1-9]\d{0,9})\.(\d{1,15})\.([0-9a-f]{8})\.latents$/;

export const makeSegment = (number: number, owner: Owner, writer: string): Segment => {
  const { host, pid, start } = owner;
  const file = `${String(number).padStart(8, '0')}.${host}.${pid}.${start}.${writer}.latents`;
  return { file, number, writer, owner };
};

/** The segment of a file name; nothing when the file is not one of ours. */
export const parseSegmentFile = (file: string): Segment | undefined => {
  const [, number, host, pid, start, writer] = NAME.exec(file) ?? [];
  if (host === undefined || writer === undefined) return undefined;
  return { file, number: Number(number), writer, owner: { host, pid: Number(pid), start: Number(start) } };
};

/** The segments in a folder, oldest first. */
export const listSegments = (folder: string): Segment[] =>
  readdirSync(folder)
    .flatMap((file) => parseSegmentFile(file) ?? [])
    .sort((a, b) => a.number - b.number || (a.file < b.file ? -1 : 1));

/**
 * Says of segments that nobody writes them any more: a writer has only its newest open, and none when its process has
 * ended.
 *
 * @param segments all of a folder, oldest first.
 */
export const closedAmong = (segments: readonly Segment[]): ((segment: Segment) => boolean) => {
  const newest = new Map(segments.map((segment) => [segment.writer, segment]));
  return (segment) => newest.get(segment.writer) !== segment || !isRunning(segment.owner);
};
