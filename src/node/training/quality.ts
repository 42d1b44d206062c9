import type { EpsilonError } from './epsilonError.ts';

/** Below this share of the error of guessing what a network draws takes shape; good ones come to a sixth. */
const SHAPELY = 0.35;
/** In the noisiest fifth nobody does better than guessing. */
const TELLING_FIFTHS = 4;

/** What an error is worth. */
export type Quality = {
  /** Whether it is good enough to be called a model: what it makes are images, and no noise. */
  readonly isUsable: boolean;
  /** The same in plain words, with figures. */
  readonly text: string;
  /** The error below which images take shape; absent among latents, where no share tells. */
  readonly wanted?: number;
};

/**
 * How good an error is. It stands beside that of who sees only how noisy an image is, and knows the mean and the spread
 * of all its numbers. A network has learned too little when it makes more than 35 % of that error, or in one of the four
 * cleaner fifths of the schedule no less than all of it. Of latents less can be guessed from their neighbours than of
 * pixels, how much depends on the autoencoder: there the share is told, and not judged.
 */
export const qualityOf = (
  { error, fifths, trivial }: Omit<EpsilonError, 'images'>,
  { isLatent = false } = {},
): Quality => {
  const share = error / trivial.error;
  const figures = `${error.toFixed(4)} against ${trivial.error.toFixed(4)} for guessing from the noise level alone`;
  const wanted = isLatent ? {} : { wanted: SHAPELY * trivial.error };
  if (!(share < 1)) {
    const text = `It has learned nothing of use: ${figures}. What it draws is noise; train longer.`;
    return { isUsable: false, text, ...wanted };
  }
  const percent = `${figures}, ${Math.round(100 * share)} %`;
  const worse = fifths.slice(0, TELLING_FIFTHS).filter((own, n) => !(own < (trivial.fifths[n] as number))).length;
  if (isLatent && worse === 0) {
    const text = `It has learned: ${percent}; among latents that says little of images: look at some.`;
    return { isUsable: true, text };
  }
  const line = isLatent ? '' : `; images take shape below ${100 * SHAPELY} %`;
  if (share < SHAPELY && worse === 0) return { isUsable: true, text: `It has learned: ${percent}${line}.`, ...wanted };
  const where = worse > 0 ? `, and no better in ${worse} of the ${TELLING_FIFTHS} cleaner fifths of the schedule` : '';
  const text = `It has learned too little: ${percent}${where}. What it draws is noise${line}: train longer.`;
  return { isUsable: false, text, ...wanted };
};

/** How good an error is, in plain words; see {@link qualityOf}. */
export const describeQuality = (
  measured: Omit<EpsilonError, 'images'>,
  how?: { readonly isLatent?: boolean },
): string => qualityOf(measured, how).text;
