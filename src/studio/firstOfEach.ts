import type { About, ImagePage } from './api.ts';

/** The most images that can be picked; see `choiceSchema`. */
export const MOST_PICKED = 24;

/** Images of each class that are shown at first. */
export const IMAGES_IN_A_ROW = 8;

/**
 * The first image of each class, of as many classes as there is room for: what is picked for who picks nothing.
 *
 * @param firstOf the first page of a class, with one image or more.
 */
export const firstOfEach = async (
  { data }: Pick<About, 'data'>,
  firstOf: (label: number) => Promise<ImagePage>,
): Promise<number[]> => {
  const classes = data.classes.filter(({ count }) => count > 0).slice(0, MOST_PICKED);
  const pages = await Promise.all(classes.map(({ label }) => firstOf(label)));
  return pages.flatMap(({ images }) => images.slice(0, 1).map(({ image }) => image));
};
