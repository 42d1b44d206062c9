import type { ImageSource } from '../data/source.ts';
import { rangeReader } from './rangeReader.ts';
import { type ReadImage, readImages } from './readImages.ts';

/** Those of the first images that can be read and have the shape of the first of them. */
export const firstImages = async (
  source: ImageSource,
  { count, channels }: { readonly count: number; readonly channels: number },
): Promise<readonly ReadImage[]> => {
  const reader = rangeReader(source);
  try {
    const range = { first: 0, count: Math.min(count, source.count) };
    const { images } = await readImages(reader, range, channels);
    return images.filter(({ shape }) => String(shape) === String(images[0]?.shape));
  } finally {
    await reader.close();
  }
};
