import { type SeedPath, uniformStream } from '../../random.ts';

/**
 * A number in [0, 1] from the symmetric beta distribution, Beta(alpha, alpha): near 0 or 1 if alpha is small, even at
 * 1, near 1/2 if it is large.
 *
 * @see Devroye 1996, "Random variate generation in one line of code": a t variate by Bailey's polar method, squeezed.
 */
export const symmetricBeta = (alpha: number, path: SeedPath): number => {
  const next = uniformStream(path);
  const radius = (1 - next()) ** (-1 / alpha) - 1; // 1 - u is never 0
  const angle = 2 * Math.PI * next();
  return (1 + Math.sign(Math.cos(angle)) / Math.sqrt(1 + 1 / (radius * Math.cos(angle) ** 2))) / 2;
};
