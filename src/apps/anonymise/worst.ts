import { type Ran, readPictures } from './chooseAndCopy.ts';
import type { Vectors } from './embedder.ts';
import { readCopies } from './judgeCopies.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';

/** A copy that the judge finds like its original. */
export type WorstCopy = {
  readonly place: number;
  /** Cosine similarity in the eyes of the judge, in [-1, 1]. */
  readonly similarity: number;
  readonly original: Picture;
  readonly copy: Picture;
};

/** The copies nearest to their originals of all that are handed on, the nearest first, for people to look at. */
export const worstCopies = async (run: Run, { looked, copied }: Ran, most: number): Promise<readonly WorstCopy[]> => {
  const similarity = similarities(looked.judged, copied.vectors);
  const nearest = copied.outcomes
    .filter(({ place, fate }) => fate === 'written' && Number.isFinite(similarity[place]))
    .sort((a, b) => (similarity[b.place] as number) - (similarity[a.place] as number))
    .slice(0, most)
    .map(({ place }) => place);
  const rising = nearest.toSorted((a, b) => a - b);
  const [originals, copies] = [await readPictures(run, rising), await readCopies(run, rising)];
  return nearest.map((place) => {
    const n = rising.indexOf(place);
    return {
      place,
      similarity: similarity[place] as number,
      original: originals[n] as Picture,
      copy: copies[n] as Picture,
    };
  });
};

/** Of each image to its copy; NaN where one of them was not found. */
const similarities = (before: Vectors, after: Vectors): Float64Array =>
  Float64Array.from({ length: before.count }, (_, row) => {
    if (!before.isFound[row] || !after.isFound[row]) return Number.NaN;
    let sum = 0;
    for (let n = row * before.width; n < (row + 1) * before.width; n += 1) {
      sum += (before.data[n] as number) * (after.data[n] as number);
    }
    return sum;
  });
