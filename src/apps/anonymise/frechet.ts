import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { shuffled } from '../../random.ts';
import type { Vectors } from './embedder.ts';

/** How far apart two sets of pictures lie as a whole, and how many pictures of each that was measured on. */
export type Frechet = { readonly distance: number; readonly of: number };

/** Pictures that are looked at, at most: the time goes with their third power. */
const MOST = 500;

/**
 * The Frechet distance between two sets of vectors, each taken for a Gaussian: `|m1 - m2|² + tr(C1 + C2 - 2 √(C1 C2))`.
 * It is what FID is, in the features of whatever embedded the pictures, of length 1: such distances compare with one
 * another only for the same embedder and as many pictures, since few pictures make it larger.
 *
 * With fewer pictures than features the covariances are not needed: with the centred vectors X1 and X2 as rows, `tr √(C1 C2)`
 * is the sum of the singular values of `X1 X2ᵀ / (n - 1)`.
 *
 * @param before vectors of originals, and of copies in the same order; at most 500 pairs that were found in both are used,
 *   the same ones each time.
 * @returns undefined for fewer than two such pairs.
 * @see Heusel et al. 2017, arXiv:1706.08500, equation 6.
 */
export const frechetOf = (before: Vectors, after: Vectors): Frechet | undefined => {
  const both = Array.from({ length: before.count }, (_, n) => n).filter((n) => before.isFound[n] && after.isFound[n]);
  const places = shuffled(both, ['frechet']).slice(0, MOST);
  if (places.length < 2) return undefined;
  const [a, b] = [centred(before, places), centred(after, places)];
  const shift = a.mean.reduce((sum, value, i) => sum + (value - (b.mean[i] as number)) ** 2, 0);
  const spread = a.rows.norm('frobenius') ** 2 + b.rows.norm('frobenius') ** 2;
  const shared = singularValues(a.rows.mmul(b.rows.transpose())).reduce((sum, value) => sum + value, 0);
  return { distance: shift + Math.max(0, spread - 2 * shared) / (places.length - 1), of: places.length };
};

const centred = (
  { data, width }: Vectors,
  places: readonly number[],
): { readonly rows: Matrix; readonly mean: readonly number[] } => {
  const rows = new Matrix(places.map((n) => Array.from(data.subarray(n * width, (n + 1) * width))));
  const mean = rows.mean('column');
  return { rows: rows.subRowVector(mean), mean };
};

const singularValues = (matrix: Matrix): readonly number[] =>
  new SingularValueDecomposition(matrix, { computeLeftSingularVectors: false, computeRightSingularVectors: false })
    .diagonal;
