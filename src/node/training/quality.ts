import type { EpsilonError } from './epsilonError.ts';

/** Below this share of the error of guessing what a network draws takes shape; good ones come to a sixth. */
const SHAPELY = 0.35;
/** In the noisiest fifth nobody does better than guessing. */
const TELLING_FIFTHS = 4;

/**
 * How good an error is, in plain words: beside that of who sees only how noisy an image is, and knows the mean and
 * the spread of all its numbers. A network has learned too little when it makes more than 35 % of that error, or in one of
 * the four cleaner fifths of the schedule no less than all of it. Of latents less can be guessed from their neighbours
 * than of pixels, how much depends on the autoencoder: there the share is told, and not judged.
 */
export const describeQuality = (
  { error, fifths, trivial }: Omit<EpsilonError, 'images'>,
  { isLatent = false }: { readonly isLatent?: boolean } = {},
): string => {
  const share = error / trivial.error;
  const figures = `${error.toFixed(4)} against ${trivial.error.toFixed(4)} for guessing from the noise level alone`;
  if (!(share < 1)) return `It has learned nothing of use: ${figures}. What it draws is noise; train longer.`;
  const percent = `${figures}, ${Math.round(100 * share)} %`;
  const worse = fifths.slice(0, TELLING_FIFTHS).filter((own, n) => !(own < (trivial.fifths[n] as number))).length;
  if (isLatent && worse === 0)
    return `It has learned: ${percent}; among latents that says little of images: look at some.`;
  if (share < SHAPELY && worse === 0) return `It has learned: ${percent}; images take shape below ${100 * SHAPELY} %.`;
  const where = worse > 0 ? `, and no better in ${worse} of the ${TELLING_FIFTHS} cleaner fifths of the schedule` : '';
  const rule = isLatent ? '' : `; images take shape below ${100 * SHAPELY} %`;
  return `It has learned too little: ${percent}${where}. What it draws is noise${rule}: train longer.`;
};
