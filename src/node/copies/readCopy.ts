import { interleaved } from '../data/cifarImages.ts';
import { asNumbers, fitImage } from '../data/fitImage.ts';
import type { Layout } from '../data/layout.ts';
import type { CopiedOriginal } from './originals.ts';
import type { Pieces } from './pieces.ts';

/**
 * The pixels of a copy as they were written.
 *
 * @returns as many numbers as its original has, in [0, 1].
 */
export const readCopy = async (
  { place, name, shape, labels = [] }: CopiedOriginal,
  layout: Layout,
  pieces: Pieces,
): Promise<Float32Array> => {
  const bytes = await pieces.read(place);
  if (layout.content === 'pictures') {
    const wanted = { size: [shape[0], shape[1]], channels: shape[2], fit: 'exact' } as const;
    return asNumbers((await fitImage({ name, content: bytes }, wanted)).values);
  }
  const pixels = bytes.subarray(labels.length);
  return asNumbers(layout.content === 'cifar' ? interleaved(pixels) : pixels);
};
