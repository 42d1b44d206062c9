import { basename, join } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import type { PackedLayout, PictureLayout } from '../data/layout.ts';
import { type CopyOptions, namingOf } from './copyOptions.ts';
import { gzipped } from './gzip.ts';
import type { OutFile } from './outFile.ts';
import { dividePacked, listFiles, packedNotes, packedStreams } from './packedFiles.ts';
import { packTar } from './packTar.ts';
import { formatNotes, namedCopies, pictureFiles } from './pictureCopies.ts';
import type { Pieces } from './pieces.ts';
import { writePieces } from './writePieces.ts';

/** Files of the output, and which copy is where. */
export type LaidOut = {
  readonly files: readonly OutFile[];
  readonly names: ReadonlyMap<number, string>;
  readonly notes: readonly string[];
};

type Laying = CopyOptions & { readonly pieces: Pieces; readonly packed: string };

/**
 * The files of a data set of the copies at some places, packed where that of the originals was.
 *
 * @throws ArgumentError `no-copies`; EnvironmentError `missing-copy`.
 */
export const layOut = async (places: readonly number[], laying: Laying): Promise<LaidOut> => {
  await checkAll(places, laying);
  const { layout, path } = laying.originals;
  const laid = layout.content === 'pictures' ? layPictures(layout, places, laying) : layPacked(layout, places, laying);
  const { container } = layout;
  if (container === 'folder') return laid;
  const { files, names, notes } = await laid;
  const name = `${laying.names === 'keep' ? basename(path).replace(/(\.(tar|gz|tgz))+$/i, '') : 'images'}.${container}`;
  const content = join(laying.packed, name);
  await writePieces(content, container === 'tar' ? packTar(files) : gzipped(packTar(files)));
  return { files: [{ path: name, content }], names, notes };
};

const checkAll = async (places: readonly number[], { pieces, originals: { path } }: Laying): Promise<void> => {
  if (places.length === 0) {
    throw new ArgumentError('no-copies', `no image of ${path} has a copy that may be written; nothing is`);
  }
  for (const place of places) {
    if (await pieces.has(place)) continue;
    throw new EnvironmentError('missing-copy', `the copy of image ${place} of ${path} is not there; run it again`);
  }
};

const layPictures = async (layout: PictureLayout, places: readonly number[], laying: Laying): Promise<LaidOut> => {
  const { pieces } = laying;
  const named = await namedCopies(layout, { places, pieces, naming: namingOf(laying) });
  return {
    files: pictureFiles(named, pieces),
    names: new Map(named.map(({ place, path }) => [place, path])),
    notes: formatNotes(named),
  };
};

const layPacked = async (layout: PackedLayout, places: readonly number[], laying: Laying): Promise<LaidOut> => {
  const { pieces, packed } = laying;
  const naming = namingOf(laying);
  const divided = dividePacked(layout, new Set(places), naming);
  const files: OutFile[] = [...listFiles(layout, naming)];
  for (const copies of divided) {
    for (const { path, pieces: bytes } of packedStreams(layout.content, copies, pieces)) {
      const content = join(packed, 'files', String(files.length));
      await writePieces(content, bytes);
      files.push({ path, content });
    }
  }
  const names = divided.flatMap(({ path, places: own }) =>
    own.map((place, n): [number, string] => [place, `${path}, image ${n}`]),
  );
  return { files, names: new Map(names), notes: packedNotes(layout, laying.mark !== false) };
};
