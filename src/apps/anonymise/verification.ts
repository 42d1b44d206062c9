import type { Vectors } from './embedder.ts';
import { eachSimilarity } from './similarities.ts';

/** Bins of a ten-thousandth in [-1, 1]: pairs of many images are too many to keep. */
const BINS = 20_000;
const binOf = (similarity: number): number =>
  Math.min(BINS - 1, Math.max(0, Math.floor((similarity + 1) * (BINS / 2))));

/** A threshold is trusted where so many pairs of different people lie above it, at least. */
const LEAST_ABOVE = 10;

/**
 * From which similarity on two pictures are taken for the same person, so that of pairs of different people no more than
 * a share passes.
 *
 * @param fars shares of false acceptances.
 * @returns for each a similarity; undefined where there are too few pairs to know it.
 */
export const thresholdsAt = async (
  originals: Vectors,
  people: ArrayLike<number>,
  fars: readonly number[],
): Promise<readonly (number | undefined)[]> => {
  const counts = new Float64Array(BINS);
  let pairs = 0;
  await eachSimilarity(originals, originals, (row, similarities) => {
    if (!originals.isFound[row]) return;
    for (let n = 0; n < row; n += 1) {
      if (!originals.isFound[n] || people[n] === people[row]) continue;
      const bin = binOf(similarities[n] as number);
      counts[bin] = (counts[bin] as number) + 1;
      pairs += 1;
    }
  });
  return fars.map((far) => {
    if (pairs * far < LEAST_ABOVE) return undefined;
    let [above, bin] = [0, BINS];
    while (bin > 0 && above + (counts[bin - 1] as number) <= pairs * far) {
      bin -= 1;
      above += counts[bin] as number;
    }
    return bin / (BINS / 2) - 1;
  });
};

/**
 * Of each image the share of other images of its person that are taken for the same person; NaN where there is none.
 *
 * @returns for each threshold.
 */
export const linked = async (
  images: Vectors,
  people: ArrayLike<number>,
  thresholds: readonly (number | undefined)[],
): Promise<readonly Float64Array[]> => {
  const shares = thresholds.map(() => new Float64Array(images.count).fill(Number.NaN));
  await eachSimilarity(images, images, (row, similarities) => {
    if (!images.isFound[row]) return;
    const same: number[] = [];
    for (let n = 0; n < similarities.length; n += 1) {
      if (n !== row && people[n] === people[row] && images.isFound[n]) same.push(similarities[n] as number);
    }
    if (same.length === 0) return;
    for (const [k, threshold] of thresholds.entries()) {
      const passed = same.filter((similarity) => threshold !== undefined && similarity >= threshold);
      (shares[k] as Float64Array)[row] = passed.length / same.length;
    }
  });
  return shares;
};
