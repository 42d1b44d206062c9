import { type Choice, readChoice } from './choice.ts';

/*
 * The answers of the studio as files, for a page that any web server shows. A file, the index, tells which file answers
 * what is asked; what stands in no index was not made.
 */

/** File names by keys; see `answerKeys`. */
export type WrittenIndex = Readonly<Record<string, string>>;

export const INDEX = 'api/index.json';

/** An event of a stream, as it is written. */
export type WrittenEvent = { readonly type: string; readonly data: unknown };

/** What an answer depends on: of a choice, all the rest is left out of the key. */
const DEPENDS: Readonly<Record<string, (choice: Choice) => unknown>> = {
  'api/variants': ({ strength, variants, seed, way }) => [strength, variants, seed, way],
  'api/epochs': ({ seed, way, schedule }) => [seed, way, schedule],
  'api/survival': ({ seed, way, measure: { images, variants } }) => [seed, way, images, variants],
  'api/export': ({ images: _, ...choice }) => choice,
  'api/sheet': ({ images, strength, variants, seed, way }) => [images, strength, variants, seed, way],
};

/** Whether the answer of an address is written image by image, so that any of them can be picked. */
const isPerImage = (path: string): boolean => path === 'api/variants' || path === 'api/epochs';

export const isStream = (address: string): boolean => {
  const { path } = partsOf(address);
  return isPerImage(path) || path === 'api/survival';
};

/**
 * What is asked, in the same words whatever else is chosen.
 *
 * @param address beside the page: `api/variants?choice=…`.
 * @param body a choice that is posted.
 * @returns a key, or one for each picked image where answers are written image by image.
 * @throws ArgumentError `bad-choice`
 */
export const answerKeys = (address: string, body?: string): string[] => {
  const { path, query } = partsOf(address);
  const { choice: text = body, ...rest } = query;
  const asked = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  if (text === undefined) return [JSON.stringify([path, ...asked])];
  const choice = readChoice(JSON.parse(text)); // in the order of the schema
  const depends = DEPENDS[path]?.(choice) ?? choice;
  if (!isPerImage(path)) return [JSON.stringify([path, ...asked, depends])];
  return choice.images.map((image) => JSON.stringify([path, ...asked, depends, image]));
};

const partsOf = (address: string): { readonly path: string; readonly query: Readonly<Record<string, string>> } => {
  const { pathname, searchParams } = new URL(address, 'http://studio');
  return { path: pathname.slice(1), query: Object.fromEntries(searchParams) };
};
