import { checkNames } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';

export type KarrasOptions = {
  /** Denoising steps, an integer of at least 1. */
  readonly steps: number;
  /** Smallest non-zero noise level, in units of image standard deviation. */
  readonly sigmaMin: number;
  /** Noise level of the first step. */
  readonly sigmaMax: number;
  /** Bends the spacing towards low noise; 7 suits images. @defaultValue 7 */
  readonly rho?: number;
};

const OPTIONS: Readonly<Record<keyof KarrasOptions, true>> = {
  steps: true,
  sigmaMin: true,
  sigmaMax: true,
  rho: true,
};

/**
 * Noise levels evenly spaced after a power of 1/ρ.
 *
 * @returns `steps + 1` numbers, strictly falling from `sigmaMax` to 0.
 * @throws ArgumentError `bad-steps`, `bad-sigma-range`, `bad-rho`.
 * @see Karras et al. 2022, arXiv:2206.00364, equation 5.
 */
export const karrasSigmas = (options: KarrasOptions): number[] => {
  checkNames('karrasSigmas', Object.keys(OPTIONS), options);
  const { steps, sigmaMin, sigmaMax, rho = 7 } = options;
  checkSteps(steps);
  if (!(sigmaMin > 0 && sigmaMin < sigmaMax && sigmaMax < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(
      'bad-sigma-range',
      `sigmas must fall from a finite level to one above 0, got ${sigmaMax} to ${sigmaMin}`,
    );
  }
  if (!(rho > 0 && rho < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError('bad-rho', `rho must be a positive number, got ${rho}; 7 suits images`);
  }
  const [low, high] = [sigmaMin ** (1 / rho), sigmaMax ** (1 / rho)];
  const inner = Array.from({ length: steps }, (_, i) => (high + (i / (steps - 1)) * (low - high)) ** rho);
  return steps === 1 ? [sigmaMax, 0] : [sigmaMax, ...inner.slice(1, -1), sigmaMin, 0]; // powers round
};

/** @throws ArgumentError `bad-steps`. */
export const checkSteps = (steps: number): void => {
  if (isCount(steps)) return;
  throw new ArgumentError('bad-steps', `steps must be an integer of at least 1, got ${steps}; 10 is a good start`);
};
