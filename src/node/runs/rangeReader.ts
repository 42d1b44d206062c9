import type { ImageSource, SourceImage } from '../data/source.ts';
import type { Shard } from './plan.ts';

/** Images that follow one another. */
export type Range = Pick<Shard, 'first' | 'count'>;

/** Reads ranges of a data set: those that were announced in one pass, others each in a pass of its own. */
export type RangeReader = {
  /** Announces the ranges that will be asked for, in their order. */
  announce(ranges: readonly Range[]): Promise<void>;
  /** The images of a range, in their order; the last range is kept, for whoever asks for it again. */
  read(range: Range): Promise<readonly SourceImage[]>;
  /** Images once more, from the data itself. */
  again(places: ReadonlySet<number>): Promise<readonly SourceImage[]>;
  close(): Promise<void>;
};

type Pass = { readonly images: AsyncIterator<SourceImage>; readonly waiting: Map<number, SourceImage>; passed: number };

export const rangeReader = (source: ImageSource): RangeReader => {
  let announced: readonly Range[] = [];
  let pass: Pass | undefined;
  let last: { readonly range: Range; readonly images: readonly SourceImage[] } | undefined;
  const close = async (): Promise<void> => {
    await pass?.images.return?.();
    pass = undefined;
  };
  const open = (range: Range): Pass => {
    const from = announced.findIndex(({ first }) => first === range.first);
    const ranges = from < 0 ? [range] : announced.slice(from);
    const images = imagesIn(source, ranges)[Symbol.asyncIterator]();
    return { images, waiting: new Map(), passed: range.first };
  };
  const read = async (range: Range): Promise<readonly SourceImage[]> => {
    if (last?.range.first === range.first && last.range.count === range.count) return last.images;
    last = undefined;
    if (pass && (range.first < pass.passed || !announced.some(({ first }) => first === range.first))) await close();
    pass ??= open(range);
    const images = await take(pass, range);
    last = { range, images };
    return images;
  };
  return {
    async announce(ranges) {
      await close();
      announced = ranges;
    },
    read: inTurn(read),
    async again(places) {
      const found: SourceImage[] = [];
      for await (const image of source.at(places)) found.push(image);
      return found;
    },
    close,
  };
};

const imagesIn = (source: ImageSource, ranges: readonly Range[]): AsyncIterable<SourceImage> => {
  const places = new Set<number>();
  for (const { first, count } of ranges) for (let n = 0; n < count; n += 1) places.add(first + n);
  return source.at(places);
};

/** An archive may have some images before their turn, links for example: they wait. */
const take = async (pass: Pass, { first, count }: Range): Promise<readonly SourceImage[]> => {
  const { images, waiting } = pass;
  for (const place of waiting.keys()) if (place < first) waiting.delete(place);
  pass.passed = first + count;
  const places = Array.from({ length: count }, (_, n) => first + n);
  let missing = places.filter((place) => !waiting.has(place)).length;
  while (missing > 0) {
    const next = await images.next();
    if (next.done) break;
    const { place } = next.value;
    if (place < first) continue; // of a range that somebody else has made meanwhile
    waiting.set(place, next.value);
    if (place < first + count) missing -= 1;
  }
  return places.map((place) => {
    const image = waiting.get(place) ?? gone(place);
    waiting.delete(place);
    return image;
  });
};

const gone = (place: number): SourceImage => ({
  place,
  name: `image ${place}`,
  content: { fault: 'it was listed, and is not there any more' },
});

/** Lets one call run at a time. */
const inTurn = <A, R>(work: (asked: A) => Promise<R>): ((asked: A) => Promise<R>) => {
  let before: Promise<unknown> = Promise.resolve();
  return (asked) => {
    const own = before.then(() => work(asked));
    before = own.catch(() => undefined);
    return own;
  };
};
