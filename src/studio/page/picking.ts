import type { About, ImagePage } from '../api.ts';
import { firstOfEach, MOST_PICKED } from '../firstOfEach.ts';
import { ask } from './ask.ts';

export { MOST_PICKED };

/** Whether there can be variants of an image. */
export const canPick = ({ measured }: About, image: number): boolean =>
  measured === undefined || measured.images.includes(image);

/** Picks an image, or takes it out; the same list where there is no room. */
export const toggled = (images: readonly number[], image: number): number[] => {
  if (images.includes(image)) return images.filter((each) => each !== image);
  return images.length < MOST_PICKED ? [...images, image] : [...images];
};

/** Some images of all classes; those that were measured, where nothing else can be. */
export const pickSome = async (about: About): Promise<number[]> =>
  about.measured
    ? [...about.measured.images]
    : firstOfEach(about, async (label) => {
        const response = await ask(`api/images?label=${label}&page=0&size=1`);
        return (await response.json()) as ImagePage;
      });
