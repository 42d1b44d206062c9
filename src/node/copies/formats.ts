/** Formats in which copies are written; the others that are read have no place for the mark, or are of few colours. */
export type CopyFormat = 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif';

/** Endings of file names by format; the first is the usual one. */
const ENDINGS: Readonly<Record<CopyFormat, readonly [string, ...string[]]>> = {
  png: ['png'],
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  webp: ['webp'],
  tiff: ['tiff', 'tif'],
  avif: ['avif'],
};

/** The format of a copy; PNG where that of the original is not written. */
export const copyFormat = (format: string): CopyFormat =>
  Object.hasOwn(ENDINGS, format) ? (format as CopyFormat) : 'png';

/** The usual ending. */
export const endingOf = (format: CopyFormat): string => ENDINGS[format][0];

/** Whether a path ends as files of a format do. */
export const endsAs = (path: string, format: CopyFormat): boolean =>
  ENDINGS[format].includes(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
