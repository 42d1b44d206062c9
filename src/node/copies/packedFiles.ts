import { posix } from 'node:path';
import { cifarPart } from '../data/cifar.ts';
import { idxName } from '../data/idxNames.ts';
import type { PackedFile, PackedLayout } from '../data/layout.ts';
import { gzipped } from './gzip.ts';
import { inOrder, type Naming } from './names.ts';
import type { OutFile } from './outFile.ts';
import type { Pieces } from './pieces.ts';

/** Files of many copies each, by what is to be in them. */
export type PackedCopies = {
  readonly path: string;
  /** Of the images, in their order there. */
  readonly places: readonly number[];
  readonly labels?: string;
  readonly file: PackedFile;
};

/**
 * Which copies go into which file, in which order: that of the originals tells who is who, so it is kept only if names
 * are, and secret else. Files without a copy are left out.
 */
export const dividePacked = (
  { content, files }: PackedLayout,
  places: ReadonlySet<number>,
  naming: Naming,
): readonly PackedCopies[] => {
  let from = 0;
  return files.flatMap((file) => {
    const all = Array.from({ length: file.count }, (_, n) => from + n).filter((place) => places.has(place));
    from += file.count;
    if (all.length === 0) return [];
    const { path, labels } = naming.names === 'keep' ? keptPaths(file) : plainPaths(content, file);
    const ordered = inOrder(all, (place) => `${file.path} ${place}`, naming);
    return [{ path, places: ordered, file, ...(labels === undefined ? {} : { labels }) }];
  });
};

type Paths = { readonly path: string; readonly labels?: string | undefined };

/** Labels are bytes, whatever they were: rows of more numbers, as in QMNIST, tell who wrote a digit. */
const keptPaths = ({ path, labels }: PackedFile): Paths => ({
  path,
  labels: labels?.replace(/idx[12]([-_.])(ubyte|int)/i, 'idx1$1ubyte'),
});

/** Names that tell what is in a file, and nothing of where it comes from. */
const plainPaths = (content: PackedLayout['content'], { path, labels }: PackedFile): Paths => {
  const base = posix.basename(path);
  if (content === 'cifar') return { path: cifarPart(base) === undefined ? `images${posix.extname(base)}` : base };
  const part = idxName(path)?.part;
  const start = part === undefined ? '' : part === 'train' ? 'train-' : 't10k-';
  const end = (of: string): string => (of.endsWith('.gz') ? '.gz' : '');
  return {
    path: `${start}images-idx3-ubyte${end(path)}`,
    labels: labels === undefined ? undefined : `${start}labels-idx1-ubyte${end(labels)}`,
  };
};

/** The file in which the image of a place is. */
export const fileAt = ({ files }: PackedLayout, place: number): PackedFile | undefined => {
  let end = 0;
  return files.find(({ count }) => {
    end += count;
    return place < end;
  });
};

/** The bytes that a copy is kept as: the numbers of its class, then its pixels as its file has them. */
export const recordOf = (
  content: PackedLayout['content'],
  labels: readonly number[],
  { bytes, shape }: { readonly bytes: Uint8Array; readonly shape: readonly number[] },
): Uint8Array => Uint8Array.from([...labels, ...(content === 'cifar' ? inPlanes(bytes, shape) : bytes)]);

/** Red, green and blue as three images. */
const inPlanes = (bytes: Uint8Array, [height = 0, width = 0, channels = 0]: readonly number[]): Uint8Array => {
  const plane = height * width;
  return Uint8Array.from(bytes, (_, i) => bytes[(i % plane) * channels + Math.floor(i / plane)] as number);
};

/** A file, and that of its labels, a piece at a time. */
export type Streamed = { readonly path: string; readonly pieces: AsyncIterable<Uint8Array> };

/** The files of images and labels. */
export const packedStreams = (
  content: PackedLayout['content'],
  { path, places, labels, file }: PackedCopies,
  pieces: Pieces,
): readonly Streamed[] => {
  const [height, width] = file.shape;
  const start = content === 'cifar' ? new Uint8Array() : idxHeader([places.length, height, width]);
  const images = packing(path, records(start, { places, pieces, from: content === 'cifar' ? 0 : file.heads }));
  if (labels === undefined) return [images];
  const header = idxHeader([places.length]);
  return [images, packing(labels, records(header, { places, pieces, from: 0, to: file.heads }))];
};

const packing = (path: string, bytes: AsyncIterable<Uint8Array>): Streamed => ({
  path,
  pieces: path.endsWith('.gz') ? gzipped(bytes) : bytes,
});

type Cut = { readonly places: readonly number[]; readonly pieces: Pieces; readonly from: number; readonly to?: number };

async function* records(start: Uint8Array, { places, pieces, from, to }: Cut): AsyncGenerator<Uint8Array> {
  yield start;
  for (const place of places) yield (await pieces.read(place)).subarray(from, to);
}

/** @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats. */
const idxHeader = (shape: readonly number[]): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return header;
};

/** Lists of the names of classes. */
export const listFiles = ({ lists }: PackedLayout, { names }: Naming): readonly OutFile[] =>
  lists.map(({ path, lines }) => ({
    path: names === 'keep' ? path : posix.basename(path),
    content: new TextEncoder().encode(`${lines.join('\n')}\n`),
  }));

/** Says what such files have no room for, and what of them is left out. */
export const packedNotes = ({ content, files }: PackedLayout, isMarked: boolean): readonly string[] => [
  ...(isMarked ? [`${content.toUpperCase()} files have no room for the mark of synthetic media`] : []),
  ...(files.some(({ labels = '' }) => /idx2|[-_.]int(\.gz)?$/i.test(labels))
    ? ['labels are written as one number each: other columns may tell who and where']
    : []),
];
