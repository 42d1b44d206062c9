import { uniformStream } from '../../random.ts';
import { type ImageSet, someImages } from '../data/imageSet.ts';

const HELD_SHARE = 0.05;
const MOST_HELD = 256;
/** Of fewer images every one is wanted. */
const LEAST_TO_SPLIT = 40;

/** What is learned from, and what is kept out of it. */
export type SplitImages = { readonly seen: ImageSet; readonly held: ImageSet | undefined };

/** Keeps a few images out of training, always the same ones of as many. */
export const splitImages = (images: ImageSet): SplitImages => {
  const { count } = images;
  if (count < LEAST_TO_SPLIT) return { seen: images, held: undefined };
  const next = uniformStream(['train', 'held out', count]);
  const draws = Array.from({ length: count }, (_, place) => ({ place, draw: next() }));
  const order = draws.sort((a, b) => a.draw - b.draw).map(({ place }) => place);
  const size = Math.min(MOST_HELD, Math.ceil(count * HELD_SHARE));
  return {
    held: someImages(images, order.slice(0, size)),
    seen: someImages(
      images,
      order.slice(size).sort((a, b) => a - b),
    ),
  };
};
