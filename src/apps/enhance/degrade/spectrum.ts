import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';
import { ArgumentError } from '../../../errors.ts';

/**
 * A matrix A with fewer rows than columns, or as many, as gains of directions: `A = left · diag(gains) · rightᵀ`. A
 * direction of gain 0 has no numbers in `right`.
 */
export type Spectrum = { readonly left: Matrix; readonly gains: readonly number[]; readonly right: Matrix };

/**
 * What a matrix makes this many times smaller than the most is not seen at all: float32 images would show nothing but
 * rounding there.
 */
export const LEAST_GAIN = 1e-4;

/** Longer lines would take minutes. */
const MOST_ROWS = 512;

/**
 * The singular values of a matrix, from the eigenvalues of `A Aᵀ`, which is small.
 *
 * @throws ArgumentError `too-large` for lines of so many pixels that it would take minutes.
 */
export const spectrumOf = (matrix: Matrix): Spectrum => {
  if (matrix.rows > MOST_ROWS) {
    const rule = `images that are seen must be at most ${MOST_ROWS} pixels high and wide, got ${matrix.rows}`;
    throw new ArgumentError('too-large', `${rule}; cut them into parts`);
  }
  const { eigenvectorMatrix: left, realEigenvalues } = new EigenvalueDecomposition(matrix.mmul(matrix.transpose()), {
    assumeSymmetric: true,
  });
  const all = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  const most = Math.max(...all);
  const gains = all.map((gain) => (gain > LEAST_GAIN * most ? gain : 0));
  const right = matrix.transpose().mmul(left);
  gains.forEach((gain, n) => {
    right.mulColumn(n, gain === 0 ? 0 : 1 / gain);
  });
  return { left, gains, right };
};
