import type { About, ImagePage } from '../api.ts';
import { ask } from './ask.ts';

/** The most images that can be picked; see `choiceSchema`. */
export const MOST_PICKED = 24;

/** Picks an image, or takes it out; the same list where there is no room. */
export const toggled = (images: readonly number[], image: number): number[] => {
  if (images.includes(image)) return images.filter((each) => each !== image);
  return images.length < MOST_PICKED ? [...images, image] : [...images];
};

/** The first image of each class, of as many classes as there is room for. */
export const pickSome = async ({ data }: About): Promise<number[]> => {
  const classes = data.classes.filter(({ count }) => count > 0).slice(0, MOST_PICKED);
  const pages = await Promise.all(
    classes.map(async ({ label }) => {
      const response = await ask(`api/images?label=${label}&page=0&size=1`);
      return (await response.json()) as ImagePage;
    }),
  );
  return pages.flatMap(({ images }) => images.map(({ image }) => image));
};
