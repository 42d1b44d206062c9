import { digestOf } from './contentFile.ts';

/** What no file system, store or shell should meet in a name, and what begins a hidden file or an escape. */
const UNSAFE = /[\p{Cc}/\\:*?"<>|%]|^[. ~-]|[. ]$/gu;
/** Names that Windows keeps for itself. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;
/** Of UTF-8: file systems take 255. */
const MOST_BYTES = 200;

/** The name of a class as the name of a folder: other classes have other folders. */
export const classFolder = (name: string): string => {
  const safe = name.replaceAll(UNSAFE, escaped).replace(RESERVED, (word) => escaped(word.slice(0, 1)) + word.slice(1));
  if (safe !== '' && Buffer.byteLength(safe) <= MOST_BYTES) return safe;
  return `%${digestOf(Buffer.from(name, 'utf8'))}`;
};

const escaped = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
