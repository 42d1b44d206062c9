import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../../errors.ts';
import type { DatasetOptions, LabelledElement } from './imageDataset.ts';
import type { ImageSet } from './imageSet.ts';

/** Images of which each has a class. */
export type LabelledImages = Omit<ImageSet, 'dataset'> &
  Required<Pick<ImageSet, 'labels' | 'classes'>> & {
    /** As for any `ImageSet`; every element has `ys`. */
    dataset(options?: DatasetOptions): Dataset<LabelledElement>;
  };

/** Whether each of the images has a class. */
export const isLabelled = (images: ImageSet): images is LabelledImages =>
  images.labels !== undefined && images.classes !== undefined;

/**
 * The images, if each has a class.
 *
 * @param place where they were read from, for the message.
 * @param instead what can be done with images that have none, for the message.
 * @throws ArgumentError `no-labels`
 */
export const withLabels = (images: ImageSet, place: string, instead?: string): LabelledImages => {
  if (isLabelled(images)) return images;
  const why = images.notes.find((note) => note.startsWith('no classes'));
  const remedy = 'put the images of each class into a folder of its own, and have two classes at least';
  const rule = `the images of ${place} have no labels${why ? ` (${why})` : ''}`;
  throw new ArgumentError('no-labels', `${rule}; ${remedy}${instead ? `, or ${instead}` : ''}`);
};
