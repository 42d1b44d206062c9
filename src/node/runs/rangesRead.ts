import type { Range, RangeReader } from './rangeReader.ts';
import { type ReadRange, readImages } from './readImages.ts';

/** The images of ranges, of which the last one is kept for its other variants. */
export type RangesRead = {
  of(range: Range): Promise<ReadRange>;
  /** Lines for people on what was done to images. */
  notes(): readonly string[];
};

export const rangesRead = (reader: RangeReader, channels: number): RangesRead => {
  const changes = new Map<string, number>();
  let last: { readonly range: Range; readonly read: ReadRange } | undefined;
  return {
    async of(range) {
      if (last?.range.first === range.first && last.range.count === range.count) return last.read;
      last = undefined; // so that two are never in memory
      const read = await readImages(reader, range, channels);
      for (const change of read.images.flatMap((image) => image.changes)) {
        changes.set(change, (changes.get(change) ?? 0) + 1);
      }
      last = { range, read };
      return read;
    },
    notes: () => [...changes].map(([change, count]) => `${count} images: ${change}`),
  };
};
