import { ArgumentError, isCount } from '../errors.ts';

/*
 * Checkpoints were trained on tables that PyTorch computed in float32. Near the clean end alphaBar is so close to 1 that
 * rounding it moves sigma by 1e-4 of its value, far more than the tolerance of a golden: so the tables are rounded where
 * PyTorch rounds them. Its products run in double precision, and only what is stored is rounded.
 */
const float32 = Math.fround;

/**
 * Variances that rise evenly from `start` to `end`, as in Ho et al. 2020, arXiv:2006.11239, section 4.
 *
 * @param count number of timesteps T, an integer of at least 2.
 * @returns T betas, float32 values.
 * @throws ArgumentError `bad-betas`.
 */
export const linearBetas = (count: number, start = 1e-4, end = 0.02): number[] =>
  evenly(checked(count, start, end), start, end);

/**
 * Variances whose square roots rise evenly, as in latent diffusion (Rombach et al. 2021, arXiv:2112.10752).
 *
 * @returns `count` betas, float32 values.
 * @throws ArgumentError `bad-betas`.
 */
export const scaledLinearBetas = (count: number, start = 0.00085, end = 0.012): number[] =>
  evenly(checked(count, start, end), Math.sqrt(start), Math.sqrt(end)).map((root) => float32(root * root));

/**
 * Variances that rise from `start` to `end` along a sigmoid from -6 to 6, as in GeoDiff.
 *
 * @returns `count` betas, float32 values.
 * @throws ArgumentError `bad-betas`.
 */
export const sigmoidBetas = (count: number, start = 1e-4, end = 0.02): number[] =>
  evenly(checked(count, start, end), -6, 6).map((u) =>
    float32(float32(float32(1 / (1 + Math.exp(-u))) * float32(end - start)) + float32(start)),
  );

export type CosineOptions = {
  /** Keeps the first betas from vanishing. @defaultValue 0.008 */
  readonly offset?: number;
  /** No beta is above this, since the last one would be 1. @defaultValue 0.999 */
  readonly maxBeta?: number;
  /** No beta is below this; some models were trained with 1e-4. @defaultValue 0 */
  readonly minBeta?: number;
};

/**
 * Variances of the schedule whose alphaBar falls like a squared cosine; diffusers calls it `squaredcos_cap_v2`.
 *
 * @returns `count` betas, float32 values.
 * @throws ArgumentError `bad-betas`.
 * @see Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17.
 */
export const cosineBetas = (
  count: number,
  { offset = 0.008, maxBeta = 0.999, minBeta = 0 }: CosineOptions = {},
): number[] => {
  checked(count, Math.max(minBeta, Number.MIN_VALUE), maxBeta);
  if (!(offset >= 0 && offset < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError('bad-betas', `offset must be a number of at least 0, got ${offset}; 0.008 is usual`);
  }
  const signal = (share: number): number => Math.cos((((share + offset) / (1 + offset)) * Math.PI) / 2) ** 2;
  return Array.from({ length: count }, (_, i) => {
    const beta = 1 - signal((i + 1) / count) / signal(i / count);
    return float32(Math.max(minBeta, Math.min(beta, maxBeta)));
  });
};

/** Numbers that PyTorch computes together, on CPUs with AVX2. */
const LANES = 8;

/**
 * `count` float32 numbers from `start` to `end`, bit for bit those of PyTorch's `linspace`: the first of every eight is
 * counted from the nearer end and the others from it, each with one rounding.
 */
const evenly = (count: number, start: number, end: number): number[] => {
  const [first, last] = [float32(start), float32(end)];
  const step = float32(float32(last - first) / (count - 1));
  const at = (i: number): number =>
    float32(i < Math.floor(count / 2) ? first + step * i : last - step * (count - 1 - i));
  const grouped = count - (count % LANES);
  return Array.from({ length: count }, (_, i) =>
    i < grouped ? float32(at(i - (i % LANES)) + step * (i % LANES)) : at(i),
  );
};

const checked = (count: number, start: number, end: number): number => {
  if (!isCount(count, 2)) {
    throw new ArgumentError('bad-betas', `a schedule must have at least 2 timesteps, an integer, got ${count}`);
  }
  if (!(start > 0 && start <= end && end < 1)) {
    throw new ArgumentError(
      'bad-betas',
      `betas must rise within (0, 1), got ${start} to ${end}; 1e-4 to 0.02 is usual`,
    );
  }
  return count;
};
