import type { Layout, NameList } from './layout.ts';
import { type ImageSource, onlyAt, type SourceImage } from './source.ts';

/**
 * The parts of a data set in files of many images, one after another; the classes are those of the part that has the
 * most, since each part has them up to the largest number that occurs in it.
 */
export const joined = (parts: readonly ImageSource[]): ImageSource => {
  const [first, ...others] = parts as readonly [ImageSource, ...ImageSource[]];
  if (others.length === 0) return first;
  const read = () => eachOf(parts);
  const classes = parts
    .map((part) => part.classes ?? [])
    .reduce((most, own) => (own.length > most.length ? own : most), []);
  return {
    ...(classes.length > 0 ? { classes } : {}),
    count: parts.reduce((sum, { count }) => sum + count, 0),
    notes: [...new Set(parts.flatMap(({ notes = [] }) => notes))],
    layout: joinedLayout(parts.map(({ layout }) => layout)),
    images: read(),
    at: (places) => onlyAt(read(), places),
  };
};

const joinedLayout = (layouts: readonly Layout[]): Layout => {
  const [first] = layouts as readonly [Layout];
  if (first.content === 'pictures') return first;
  const packed = layouts.flatMap((layout) => (layout.content === 'pictures' ? [] : [layout]));
  const lists = new Map<string, NameList>(packed.flatMap((one) => one.lists.map((list) => [list.path, list])));
  return { ...first, files: packed.flatMap(({ files }) => files), lists: [...lists.values()] };
};

/** What an image source reads at all its places can be read again and again; `images` can be read once. */
async function* eachOf(parts: readonly ImageSource[]): AsyncGenerator<SourceImage> {
  let from = 0;
  for (const { count, at } of parts) {
    const all = new Set(Array.from({ length: count }, (_, place) => place));
    for await (const image of at(all)) yield { ...image, place: from + image.place };
    from += count;
  }
}
