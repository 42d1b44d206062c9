import type { PictureLayout } from '../data/layout.ts';
import { pictureFormat } from '../data/openPicture.ts';
import { type CopyFormat, copyFormat, endsAs } from './formats.ts';
import { type Named, type Naming, nameCopies } from './names.ts';
import type { OutFile } from './outFile.ts';
import type { Pieces } from './pieces.ts';

/** Enough to know a format by. */
const HEAD_BYTES = 16;

/** The copies at some places and their names, in the order in which they are to be written. */
export const namedCopies = async (
  { pictures }: PictureLayout,
  { places, pieces, naming }: { readonly places: readonly number[]; readonly pieces: Pieces; readonly naming: Naming },
): Promise<readonly Named[]> => {
  const unnamed = [];
  for (const place of places) {
    const file = pictures[place];
    if (file === undefined) continue;
    const format = copyFormat(pictureFormat(`at ${place}`, await pieces.head(place, HEAD_BYTES)));
    unnamed.push({ place, file, format });
  }
  return nameCopies(unnamed, naming);
};

/** Copies, and the files of their classes. */
export const pictureFiles = (named: readonly Named[], pieces: Pieces): readonly OutFile[] => {
  const seen = new Set<string>();
  return named.flatMap(({ place, path, beside }) => {
    const copy = { path, content: pieces.pathOf(place) };
    if (beside === undefined || seen.has(beside.path)) return [copy];
    seen.add(beside.path);
    return [copy, { path: beside.path, content: new TextEncoder().encode(beside.text) }];
  });
};

/** Says which pictures are of another format than their originals' names say. */
export const formatNotes = (named: readonly Named[]): readonly string[] => {
  const counts = new Map<CopyFormat, number>();
  for (const { file, format } of named) {
    if (!endsAs(file.path, format)) counts.set(format, (counts.get(format) ?? 0) + 1);
  }
  return [...counts].map(
    ([format, count]) => `${count} of ${named.length} pictures have become ${format.toUpperCase()}`,
  );
};
