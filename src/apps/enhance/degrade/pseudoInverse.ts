import { type Banded, product, type Row, transposed } from './banded.ts';

/** What is this much smaller than the largest number of its row is left out of an inverse: float32 does not know it. */
const NOTHING = 1e-10;

/**
 * The pseudo-inverse of a matrix A of upright rows that differ well, `Aᵀ (A Aᵀ)⁻¹`. That of a band is next to a band: what
 * pixels far off have to do with each other falls off fast.
 *
 * @param least the smallest eigenvalue of `A Aᵀ`, as a share of the largest, that is no sign of what is not seen at all.
 * @returns undefined where there are smaller ones.
 */
export const pseudoInverse = (matrix: Banded, least: number): Banded | undefined => {
  const back = transposed(matrix);
  const gram = product(matrix, back);
  const most = gram.rows.reduce((bound, { values }) => Math.max(bound, sizeOf(values)), 0); // by Gershgorin
  const factor = factorOf(gram, 0);
  if (!factor || !factorOf(gram, least * most)) return undefined;
  return product(back, inverseOf(factor));
};

const sizeOf = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

/**
 * The lower triangle L of which a symmetric matrix, less `shift` on its diagonal, is `L Lᵀ`. It is 0 where rows of the
 * matrix have not begun.
 *
 * @returns undefined where an eigenvalue is not above `shift`.
 * @see Golub and Van Loan 2013, "Matrix Computations", section 4.3.5: Cholesky's way, for bands.
 */
const factorOf = ({ rows, columns }: Banded, shift: number): Banded | undefined => {
  const lower: Row[] = [];
  for (const [i, { from, values }] of rows.entries()) {
    const row: Row = { from, values: values.slice(0, i - from + 1) };
    lower.push(row);
    for (let j = from; j < i; j += 1) {
      const other = lower[j] as Row;
      row.values[j - from] = ((row.values[j - from] as number) - common(row, other, j)) / diagonal(other);
    }
    const rest = (row.values[i - from] as number) - shift - common(row, row, i);
    if (!(rest > 0)) return undefined;
    row.values[i - from] = Math.sqrt(rest);
  }
  return { rows: lower, columns };
};

const diagonal = ({ values }: Row): number => values.at(-1) as number;

/** The product of two rows, up to a column. */
const common = (a: Row, b: Row, end: number): number => {
  let sum = 0;
  for (let n = Math.max(a.from, b.from); n < end; n += 1) {
    sum += (a.values[n - a.from] as number) * (b.values[n - b.from] as number);
  }
  return sum;
};

/** `(L Lᵀ)⁻¹`, line by line. */
const inverseOf = ({ rows, columns }: Banded): Banded => ({
  columns,
  rows: rows.map((_, n) => {
    const line = new Float64Array(columns);
    line[n] = 1;
    for (let i = n; i < columns; i += 1) {
      const row = rows[i] as Row;
      line[i] = ((line[i] as number) - common(row, { from: 0, values: line }, i)) / diagonal(row);
    }
    for (let i = columns - 1; i >= 0; i -= 1) takeBack(line, i, rows[i] as Row);
    return trimmed(line);
  }),
});

const takeBack = (line: Float64Array, i: number, row: Row): void => {
  const value = (line[i] as number) / diagonal(row);
  line[i] = value;
  for (let n = row.from; n < i; n += 1) line[n] = (line[n] as number) - value * (row.values[n - row.from] as number);
};

const trimmed = (line: Float64Array): Row => {
  const least = NOTHING * line.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isLarge = (value: number): boolean => Math.abs(value) > least;
  const from = line.findIndex(isLarge);
  return { from, values: line.slice(from, line.findLastIndex(isLarge) + 1) };
};
