import * as v from 'valibot';
import { code, type OptionsOf, rule } from '../checks.ts';
import type { ImageKey } from '../returns/address.ts';
import { type Asking, readTensor } from '../returns/asking.ts';
import { rangeRule } from '../returns/boomerangOptions.ts';
import { checkKeys, readImages } from '../returns/images.ts';
import { imageRange } from '../tensors/range.ts';
import { type Element, findImages, type Place } from './elements.ts';

/** Where something lies in an element. */
export const placeRule = rule<Place>(
  (value) => typeof value === 'string' || typeof value === 'number',
  'a key, an index, or several with dots between them',
);

/** How a transform finds and names the images of an element. */
export const namingEntries = {
  /**
   * Where an element keeps its images: a key, an index, or several with dots between them, as in `xs.image`.
   * @defaultValue `xs` of objects, the first entry of arrays
   */
  image: v.optional(placeRule),
  /** Names the images of an element; by default each is known by a digest of its pixels. */
  keys: v.optional(code<(element: Element) => ImageKey | readonly ImageKey[]>('a function of an element')),
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
} as const;

const namingSchema = v.strictObject(namingEntries);

/** @interface */
export type Naming = OptionsOf<typeof namingSchema>;

/** The caller's names for the images of an element, if there are any. */
export const keysOf = ({ keys }: Naming, element: Element, count: number): readonly ImageKey[] | undefined => {
  if (keys === undefined) return undefined;
  const given = [keys(element)].flat() as readonly ImageKey[];
  checkKeys(given, count);
  return given;
};

/**
 * The names of the images of an element: one for all who draw for an image, select it, keep it or record it.
 *
 * @throws ArgumentError `no-images`, `bad-image-shape`, `bad-keys`, `bad-dtype`, `out-of-range`.
 */
export function* namesOf(naming: Naming, element: Element): Asking<readonly ImageKey[]> {
  const { images } = findImages(element, naming.image);
  const count = images.rank === 4 ? images.shape[0] : 1;
  const given = keysOf(naming, element, count);
  if (given) return given;
  const range = imageRange(images.dtype, naming.range);
  return readImages(yield* readTensor(images), { count, range }).map(({ key }) => key);
}
