import { posix } from 'node:path';
import type { SkippedImage } from './source.ts';

/** The files of an archive, and what its links point at. */
export type Linked = {
  /** Every path under which there is a file, in the order of the archive. */
  readonly paths: readonly string[];
  /** The paths under which a stored file goes. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly skipped: readonly SkippedImage[];
};

/** A path of an archive without `./` and `../` in it. */
export const plainPath = (path: string): string => posix.normalize(path).replace(/^(\.*\/)+/, '');

/**
 * Follows links to the files of the same archive.
 *
 * @param stored paths of files.
 * @param links where each link points, from the root of the archive.
 */
export const followLinks = (stored: readonly string[], links: ReadonlyMap<string, string>): Linked => {
  const names = new Map<string, string[]>(stored.map((path) => [path, [path]]));
  const skipped: SkippedImage[] = [];
  const followed: string[] = [];
  for (const [path, target] of links) {
    const seen = new Set([path]);
    let end = target;
    for (let next = links.get(end); next !== undefined && !seen.has(end); next = links.get(end)) {
      seen.add(end);
      end = next;
    }
    const own = names.get(end);
    if (own && !names.has(path)) {
      own.push(path);
      followed.push(path);
    } else if (!own) skipped.push({ name: path, why: `it is a link to ${target}, which is no file of the archive` });
  }
  return { paths: [...names.keys(), ...followed], names, skipped };
};
