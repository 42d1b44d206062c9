import { ArgumentError } from '../../errors.ts';
import { type FileTree, isHidden, type TreeFile } from './fileTree.ts';
import type { Container } from './layout.ts';
import { followLinks } from './links.ts';
import type { SkippedImage } from './source.ts';

/** An entry of an archive. */
export type Stored = {
  readonly path: string;
  readonly size: number;
  /** Where it points, from the root of the archive, if it is a link. */
  readonly link?: string;
  /** Why it cannot be read, if it cannot. */
  readonly fault?: string;
  /** Its content, if it was wanted. */
  readonly bytes?: Uint8Array;
};

/** Goes through an archive once, and takes the contents of the files that are wanted. */
export type Pass = (wants: (stored: Stored) => boolean) => AsyncIterable<Stored>;

/** Larger files are no images to learn from, and might be made to exhaust the memory. */
const MOST_BYTES = 2 ** 28;

/** A class beside an image, as in WebDataset: so small that it is kept when the archive is listed. */
const isClass = ({ path, size }: Stored): boolean => /\.cls$/i.test(path) && size <= 4096;

/** The files of an archive: it is listed first, so that all names are known before an image is read. */
export const archiveTree = async (place: string, container: Container, pass: Pass): Promise<FileTree> => {
  const kept = new Map<string, Uint8Array>();
  const files = new Set<string>();
  const links = new Map<string, string>();
  const faults: SkippedImage[] = [];
  for await (const stored of pass(isClass)) {
    const { path, link, bytes } = stored;
    const fault = files.has(path) || links.has(path) ? 'it is there twice; the first is taken' : faultOf(stored);
    if (isHidden(path)) continue;
    if (fault) faults.push({ name: path, why: fault });
    else if (link === undefined) files.add(path);
    else links.set(path, link);
    if (bytes && !fault) kept.set(path, bytes);
  }
  const { paths, names, skipped } = followLinks([...files], links);
  const read = (wanted: ReadonlySet<string>) => readFiles(wanted, { pass, names, kept });
  return {
    place,
    container,
    paths,
    skipped: [...faults, ...skipped],
    read,
    async open(path) {
      for await (const { content } of read(new Set([path]))) {
        if (!(content instanceof Uint8Array)) break;
        return { name: `${path} in ${place}`, size: content.length, pieces: () => oneOf(content) };
      }
      throw damaged(place, `${path} is not there`);
    },
  };
};

const faultOf = ({ fault, size }: Stored): string | undefined =>
  fault ?? (size > MOST_BYTES ? `it is larger than ${MOST_BYTES} bytes` : undefined);

type Reading = {
  readonly pass: Pass;
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly kept: ReadonlyMap<string, Uint8Array>;
};

async function* readFiles(wanted: ReadonlySet<string>, { pass, names, kept }: Reading): AsyncGenerator<TreeFile> {
  const left = new Set([...names].filter(([, own]) => own.some((name) => wanted.has(name))).map(([path]) => path));
  const files = [...left].every((path) => kept.has(path)) ? keptFiles(kept) : pass(({ path }) => left.has(path));
  for await (const { path, bytes } of files) {
    if (!bytes || !left.delete(path)) continue;
    for (const name of names.get(path) ?? []) if (wanted.has(name)) yield { path: name, content: bytes };
    if (left.size === 0) return;
  }
}

async function* keptFiles(kept: ReadonlyMap<string, Uint8Array>): AsyncGenerator<Pick<Stored, 'path' | 'bytes'>> {
  for (const [path, bytes] of kept) yield { path, bytes };
}

async function* oneOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export const damaged = (path: string, error: unknown): ArgumentError => {
  const why = error instanceof Error ? error.message : String(error);
  return new ArgumentError('bad-archive', `cannot read the archive ${path}: ${why}; make it anew or download it again`);
};
