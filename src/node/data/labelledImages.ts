import { ArgumentError } from '../../errors.ts';
import type { ImageSet } from './openImages.ts';

/** Images of which each has a class. */
export type LabelledImages = ImageSet & Required<Pick<ImageSet, 'labels' | 'classes'>>;

/** Whether each of the images has a class. */
export const isLabelled = (images: ImageSet): images is LabelledImages =>
  images.labels !== undefined && images.classes !== undefined;

/**
 * The images, if each has a class.
 *
 * @param place where they were read from, for the message.
 * @throws ArgumentError `no-labels`
 */
export const withLabels = (images: ImageSet, place: string): LabelledImages => {
  if (isLabelled(images)) return images;
  const remedy = 'put the images of each class into a folder of its own, and have two classes at least';
  throw new ArgumentError('no-labels', `the images of ${place} have no labels; ${remedy}`);
};
