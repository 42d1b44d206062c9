import { Matrix } from 'ml-matrix';
import type { Banded } from '../../../../src/apps/enhance/degrade/banded.ts';

/** A matrix with all its zeros. */
export const denseOf = ({ rows, columns }: Banded): Matrix => {
  const matrix = Matrix.zeros(rows.length, columns);
  for (const [row, { from, values }] of rows.entries())
    for (const [n, value] of values.entries()) matrix.set(row, from + n, value);
  return matrix;
};
