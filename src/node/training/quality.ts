import type { EpsilonError } from './epsilonError.ts';

/** Below this share of what is had for nothing, what a network draws is no longer noise. */
const GOOD = 0.5;

/**
 * How good an error is, in plain words: beside that of who sees only how noisy an image is, and knows the mean and
 * the spread of all pixels.
 */
export const describeQuality = ({ error, trivial }: Pick<EpsilonError, 'error' | 'trivial'>): string => {
  const share = error / trivial;
  const beside = `${error.toFixed(4)} against ${trivial.toFixed(4)} for guessing from the noise level alone`;
  if (!(share < 1)) {
    return `It has learned nothing of use: ${beside}. What it draws is noise; train longer.`;
  }
  const percent = `${Math.round(100 * share)} % of the error of guessing`;
  if (share < GOOD) return `It has learned: ${beside}, ${percent} (below ${100 * GOOD} % images take shape).`;
  return `It has learned too little: ${beside}, ${percent}. What it draws is noise until about ${100 * GOOD} %; train longer.`;
};
