import { ArgumentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { asBytes, fitImage } from '../data/fitImage.ts';
import type { SourceImage } from '../data/source.ts';
import type { Range, RangeReader } from './rangeReader.ts';
import type { FailedImage } from './shardRecord.ts';

/** An image of a run, read. */
export type ReadImage = {
  readonly place: number;
  /** What the data calls it. */
  readonly name: string;
  readonly shape: ImageShape;
  /** `height * width * channels` bytes. */
  readonly pixels: Uint8Array;
  readonly className?: string;
  /** What was done to it, for people: `colour was made grey`. */
  readonly changes: readonly string[];
};

export type ReadRange = { readonly images: readonly ReadImage[]; readonly failed: readonly FailedImage[] };

/**
 * The images of a range in their own sizes; those that cannot be read are read once more, since a shared disk may have
 * been at fault, and then listed.
 *
 * @param channels that the model knows.
 */
export const readImages = async (reader: RangeReader, range: Range, channels: number): Promise<ReadRange> => {
  const found = await Promise.all((await reader.read(range)).map((image) => readOne(image, channels)));
  const faulty = new Set(found.flatMap((one) => ('why' in one ? [one.place] : [])));
  if (faulty.size === 0) return sorted(found);
  const again = await Promise.all((await reader.again(faulty)).map((image) => readOne(image, channels)));
  const second = new Map(again.map((one) => [one.place, one]));
  return sorted(found.map((one) => second.get(one.place) ?? one));
};

const sorted = (found: readonly (ReadImage | FailedImage)[]): ReadRange => ({
  images: found.flatMap((one) => ('why' in one ? [] : [one])),
  failed: found.flatMap((one) => ('why' in one ? [one] : [])),
});

const readOne = async (image: SourceImage, channels: number): Promise<ReadImage | FailedImage> => {
  const { place, name, className } = image;
  try {
    const { values, shape, changes: done } = await fitImage(image, { size: undefined, channels, fit: 'exact' });
    const changes = values instanceof Uint16Array ? [...done, '16 bits a channel were made 8'] : done;
    return { place, name, shape, pixels: asBytes(values), changes, ...(className === undefined ? {} : { className }) };
  } catch (error) {
    return { place, name, why: whyOf(error, name) };
  }
};

/** The reason in one line, without the name, which stands beside it. */
export const whyOf = (error: unknown, name: string): string => {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ''] = text.split('\n');
  return error instanceof ArgumentError ? line.replace(`cannot read the image ${name}: `, '') : line;
};
