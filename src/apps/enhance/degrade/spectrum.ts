import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { ArgumentError } from '../../../errors.ts';
import { type Banded, product, transposed } from './banded.ts';

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
const MOST_ROWS = 1024;

/**
 * The singular values of a matrix, from the eigenvalues of `A Aᵀ`, which is small.
 *
 * @throws ArgumentError `too-large` for lines of so many pixels that it would take minutes.
 */
export const spectrumOf = (matrix: Banded): Spectrum => {
  const count = matrix.rows.length;
  if (count > MOST_ROWS) {
    const rule = `images seen through noise, or through much blur, must be at most ${MOST_ROWS} pixels high and wide`;
    throw new ArgumentError('too-large', `${rule}, got ${count}; cut them into parts, or say that there is no noise`);
  }
  const back = transposed(matrix);
  const { eigenvectorMatrix: left, realEigenvalues } = new EigenvalueDecomposition(denseOf(product(matrix, back)), {
    assumeSymmetric: true,
  });
  const all = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  const most = Math.max(...all);
  const gains = all.map((gain) => (gain > LEAST_GAIN * most ? gain : 0));
  const inverse = Float64Array.from(gains, (gain) => (gain === 0 ? 0 : 1 / gain));
  const lines = left.to2DArray().map((values) => ({ from: 0, values: Float64Array.from(values) }));
  const right = denseOf(product(back, { rows: lines, columns: count })).mulRowVector([...inverse]);
  return { left, gains, right };
};

const denseOf = ({ rows, columns }: Banded): Matrix => {
  const matrix = Matrix.zeros(rows.length, columns);
  for (const [row, { from, values }] of rows.entries())
    for (const [n, value] of values.entries()) matrix.set(row, from + n, value);
  return matrix;
};
