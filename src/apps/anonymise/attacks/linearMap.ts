import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Turns vectors, one a row, into others of the same width. */
export type VectorMap = (rows: Matrix) => Matrix;

/**
 * Ridge regression towards leaving vectors as they are: `y = x + b + (x - m) W`, where W is small unless pairs speak for
 * it. So it finds a turn, a shift or a lost direction that is common to all pairs, and does little where there is none.
 *
 * It is solved in its dual form, `W = Xᵀ (X Xᵀ + λ I)⁻¹ R`, with the centred vectors X and what is missing from them R as
 * rows: the time goes with the third power of the pairs, and what all λ share is done once.
 *
 * @param from vectors, and `to` those that they are to become, in the same order; at least one pair.
 * @returns for a ridge, which is λ as a multiple of the mean square of X along a direction, a map. Infinity only shifts.
 * @see Hoerl and Kennard 1970, "Ridge regression: biased estimation for nonorthogonal problems".
 */
export const learnMap = (from: Matrix, to: Matrix): ((ridge: number) => VectorMap) => {
  const missing = Matrix.sub(to, from);
  const [mean, shift] = [from.mean('column'), missing.mean('column')];
  const centred = from.clone().subRowVector(mean);
  const gram = centred.mmul(centred.transpose());
  const unit = gram.trace() / Math.min(from.rows, from.columns);
  const shifted: VectorMap = (rows) => rows.clone().addRowVector(shift);
  missing.subRowVector(shift);
  return (ridge) => {
    const lambda = ridge * unit;
    if (!(lambda > 0 && lambda < Number.POSITIVE_INFINITY)) return shifted; // all of `from` are equal, or ridge is infinite
    const inverse = new CholeskyDecomposition(Matrix.eye(gram.rows).mul(lambda).add(gram));
    return (rows) => {
      const near = centred.mmul(rows.clone().subRowVector(mean).transpose());
      return shifted(rows).add(inverse.solve(near).transpose().mmul(missing)); // fewer columns than W has
    };
  };
};
