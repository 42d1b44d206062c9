import type * as tf from '@tensorflow/tfjs-core';
import { imageRange } from '../../tensors/range.ts';
import { checkSeed } from '../boomerang.ts';
import { type Element, findImages } from '../elements.ts';
import { type At, epochTransform } from '../epochTransform.ts';
import { type ImageKey, readImages } from '../images.ts';
import { readNow } from '../readNow.ts';
import { watchRepeats } from '../repeats.ts';
import type { ByName, Transform } from '../transform.ts';
import { changeElement } from './changeElement.ts';
import { type ClassicalOptions, checkOperations } from './operations.ts';

export type ClassicalStats = {
  /** Images that came. */
  readonly images: number;
};

/**
 * Makes a transform of the usual augmentations, as a baseline or after `boomerangAugment`:
 * `dataset.map(classical({ seed: 'run-7', flip: true, crop: 2, cutout: 8 }))`.
 *
 * Elements are those of `boomerangAugment`, and come out with the same rank, dtype and range; labels and everything
 * else are the same objects as before. What becomes of an image depends on the seed, the image and the epoch; not on
 * order, batch size or prefetching. Two of these one after the other need different seeds, or they draw the same.
 *
 * `mixup` and `cutmix` are the exception, by their nature: they take batches, whose labels they replace by mixed ones
 * in float32, and what becomes of an image depends on which others are in its batch, though not on their order.
 *
 * @throws ArgumentError `bad-seed` and those of `Operations` at once: `bad-flip`, `bad-crop`, `bad-shift`,
 * `bad-rotate`, `bad-brightness`, `bad-contrast`, `bad-rand-augment`, `bad-cutout`, `bad-mixup`, `bad-cutmix`,
 * `unknown-fill`; `no-images`, `bad-image-shape`, `bad-dtype`, `bad-range`, `out-of-range`, `bad-keys`, `bad-labels`,
 * `needs-batch`, `needs-async` when an element comes.
 */
export const classical = (options: ClassicalOptions): Transform<ClassicalStats> => {
  checkSeed(options.seed);
  checkOperations(options);
  const watch = watchRepeats();
  let images = 0;
  const imagesOf = (element: Element): tf.Tensor => findImages(element, options.image ?? 'xs').images;
  const names = (element: Element): ImageKey[] => nameImages(options, element, readNow(imagesOf(element)));
  const namesAsync = async (element: Element): Promise<ImageKey[]> =>
    nameImages(options, element, await imagesOf(element).data());
  const change: ByName['change'] = (element, at) => {
    const changed = changeElement(options, element, at);
    images += at.names.length;
    return changed;
  };
  const changeWatched = (element: Element, at: At & { readonly names: readonly ImageKey[] }): Element => {
    if (at.watched) watch(at.names, at.epoch);
    return change(element, at);
  };
  const transform = epochTransform({
    now: (element, at) => changeWatched(element, { ...at, names: names(element) }),
    later: async (element, at) => changeWatched(element, { ...at, names: await namesAsync(element) }),
    stats: () => ({ images }),
  });
  return Object.assign(transform, { byName: { names, namesAsync, change } });
};

/** @param pixels the values of the images, read before, since reading may have to wait. */
const nameImages = (options: ClassicalOptions, element: Element, pixels: ArrayLike<number>): ImageKey[] => {
  const { images } = findImages(element, options.image ?? 'xs');
  const range = imageRange(images.dtype, options.range);
  const keys = options.keys && [options.keys(element)].flat();
  const count = images.rank === 4 ? images.shape[0] : 1;
  return readImages(pixels, { count, range, keys }).map(({ key }) => key);
};
