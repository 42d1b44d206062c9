import type { Ran } from './chooseAndCopy.ts';
import type { Method } from './method.ts';
import { picturesOf, stackPictures } from './pictures.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';
import { throwPictures } from './throwPictures.ts';
import { toThrow } from './toThrow.ts';

/**
 * What made the copies of a run, for those who attack them: as far as each went, with another noise where another draw is
 * asked for.
 *
 * @param some places in the whole set; the method knows images by their numbers among these.
 */
export const methodOf = (run: Run, { looked, copied }: Ran, some: readonly number[]): Method => {
  return async (images, { places, draw }) => {
    const pictures = await picturesOf(images);
    const throws = pictures.map((picture, n) => {
      const place = some[places[n] as number] as number;
      const strength = copied.outcomes[place]?.strength as number;
      return toThrow(run, looked, { place, picture, strength, draw });
    });
    const made = await throwPictures(run.model, throws, run.way);
    return stackPictures(made.map((pixels, n) => ({ pixels, shape: (pictures[n] as Picture).shape })));
  };
};
