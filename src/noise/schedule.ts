import { ArgumentError } from '../errors.ts';

/**
 * How much noise a model knows: `alphaBar[t]` is the share of signal variance at timestep t, strictly falling within
 * (0, 1]. There are T = `alphaBar.length` timesteps, 0 to T - 1.
 */
export type NoiseSchedule = { readonly alphaBar: readonly number[] };

/**
 * @param alphaBar at least 2 numbers, strictly falling within (0, 1].
 * @throws ArgumentError `bad-schedule`.
 */
export const noiseSchedule = (alphaBar: readonly number[]): NoiseSchedule => {
  if (alphaBar.length < 2) {
    throw new ArgumentError('bad-schedule', `a schedule must have at least 2 timesteps, got ${alphaBar.length}`);
  }
  alphaBar.forEach((share, t) => {
    const before = alphaBar[t - 1] ?? Number.POSITIVE_INFINITY;
    if (share > 0 && share <= 1 && share < before) return;
    throw new ArgumentError(
      'bad-schedule',
      `alphaBar must fall strictly within (0, 1], got ${share} at timestep ${t}; check the betas`,
    );
  });
  return { alphaBar };
};

/** The share of signal variance at a noise level: 1 / (1 + sigma²). */
export const alphaBarOf = (sigma: number): number => 1 / (1 + sigma * sigma);

/** The noise level, in units of image standard deviation, at which a share of the variance is signal. */
export const sigmaOf = (alphaBar: number): number => Math.sqrt((1 - alphaBar) / alphaBar);

/** Signal to noise ratio in decibels; infinite at sigma 0. */
export const snrDbOf = (sigma: number): number => -20 * Math.log10(sigma);

/** The noise level at a signal to noise ratio in decibels. */
export const sigmaOfSnrDb = (snrDb: number): number => 10 ** (-snrDb / 20);

/**
 * The noise level at a timestep. Between two timesteps sigma is interpolated linearly; a timestep outside of
 * [0, T - 1] counts as the nearer end.
 */
export const sigmaAt = ({ alphaBar }: NoiseSchedule, timestep: number): number => {
  const within = Math.max(0, Math.min(timestep, alphaBar.length - 1));
  const below = Math.floor(within);
  const low = sigmaOf(alphaBar[below] ?? Number.NaN);
  if (within === below) return low;
  return low + (within - below) * (sigmaOf(alphaBar[below + 1] ?? Number.NaN) - low);
};

/**
 * The timestep at which the schedule has a noise level, a fraction between two timesteps: the inverse of
 * {@link sigmaAt}. A sigma outside of the schedule gives 0 or T - 1.
 *
 * @param scale in what sigma is interpolated. With `Math.log` it is no longer the inverse, but diffusers' rule for
 *   Karras sigmas.
 */
export const timestepAt = (
  schedule: NoiseSchedule,
  sigma: number,
  scale: (sigma: number) => number = (sigma) => sigma,
): number => {
  const last = schedule.alphaBar.length - 1;
  if (sigma <= sigmaAt(schedule, 0)) return 0;
  if (sigma >= sigmaAt(schedule, last)) return last;
  const below = lastAtOrBelow(schedule, sigma);
  const [low, high] = [scale(sigmaAt(schedule, below)), scale(sigmaAt(schedule, below + 1))];
  return below + (scale(sigma) - low) / (high - low);
};

/** The last timestep that is no noisier than a sigma within the schedule. */
const lastAtOrBelow = (schedule: NoiseSchedule, sigma: number): number => {
  let low = 0;
  let high = schedule.alphaBar.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sigmaAt(schedule, middle) <= sigma) low = middle;
    else high = middle;
  }
  return low;
};
