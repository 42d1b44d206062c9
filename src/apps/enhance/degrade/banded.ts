/** What a row of a matrix holds, from a column on; it is 0 elsewhere. */
export type Row = { readonly from: number; readonly values: Float64Array };

/** A matrix of rows that are 0 but for a stretch, as maps of lines are: a pixel has to do with those near it. */
export type Banded = { readonly rows: readonly Row[]; readonly columns: number };

/** Adds to what a row holds in a column. */
type Add = (column: number, share: number) => void;

/** A matrix whose rows are added up, number by number. */
export const bandedOf = (
  { rows, columns }: { readonly rows: number; readonly columns: number },
  fill: (row: number, add: Add) => void,
): Banded => ({
  columns,
  rows: Array.from({ length: rows }, (_, row) => {
    const shares = new Map<number, number>();
    fill(row, (column, share) => shares.set(column, (shares.get(column) ?? 0) + share));
    return rowOf(shares);
  }),
});

const rowOf = (shares: ReadonlyMap<number, number>): Row => {
  const columns = [...shares.keys()];
  const from = columns.reduce((least, column) => Math.min(least, column), Number.POSITIVE_INFINITY);
  const last = columns.reduce((most, column) => Math.max(most, column), -1);
  if (last < 0) return { from: 0, values: new Float64Array(0) };
  return { from, values: Float64Array.from({ length: last - from + 1 }, (_, n) => shares.get(from + n) ?? 0) };
};

export const transposed = ({ rows, columns }: Banded): Banded => {
  const shares = Array.from({ length: columns }, () => new Map<number, number>());
  for (const [row, { from, values }] of rows.entries())
    for (const [n, value] of values.entries()) if (value !== 0) shares[from + n]?.set(row, value);
  return { columns: rows.length, rows: shares.map(rowOf) };
};

/** The product of two matrices. */
export const product = (left: Banded, right: Banded): Banded => ({
  columns: right.columns,
  rows: left.rows.map(({ from, values }) => {
    const others = right.rows.slice(from, from + values.length);
    const first = others.reduce((least, other) => Math.min(least, other.from), right.columns);
    const end = others.reduce((most, other) => Math.max(most, other.from + other.values.length), first);
    const sums = new Float64Array(end - first);
    for (const [n, other] of others.entries()) addTo(sums, other.from - first, { share: values[n] as number, other });
    return { from: first, values: sums };
  }),
});

type Weighed = { readonly share: number; readonly other: Row };

const addTo = (sums: Float64Array, at: number, { share, other: { values } }: Weighed): void => {
  for (let n = 0; n < values.length; n += 1) {
    sums[at + n] = (sums[at + n] as number) + share * (values[n] as number);
  }
};
