import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from 'ml-matrix';
import type { Banded, Row } from './banded.ts';

/** Some rows of a matrix, one below the other: the numbers that they hold from a column on. */
type Block = { readonly from: number; readonly shape: readonly [rows: number, columns: number]; values: Float32Array };

/** A matrix for lines of pixels, in blocks that leave out most of what is 0. */
export type LineMap = { readonly rows: number; readonly blocks: readonly Block[] };

/** What happens to columns of an image, and to its lines. */
export type Lines<T> = { readonly down: T; readonly across: T };

/** About so many columns are to be in a block: fewer take many small products, and more are 0 for the most part. */
const COLUMNS = 256;

export const lineMapOf = ({ rows, columns }: Banded): LineMap => {
  const step = Math.max(1, Math.round((rows.length * COLUMNS) / Math.max(COLUMNS, columns)));
  const parts = Array.from({ length: Math.ceil(rows.length / step) }, (_, n) => rows.slice(n * step, (n + 1) * step));
  return { rows: rows.length, blocks: parts.map(blockOf) };
};

export const denseMap = (matrix: Matrix): LineMap => ({
  rows: matrix.rows,
  blocks: [{ from: 0, shape: [matrix.rows, matrix.columns], values: Float32Array.from(matrix.to1DArray()) }],
});

const blockOf = (rows: readonly Row[]): Block => {
  const from = Math.min(...rows.map((row) => row.from));
  const columns = Math.max(...rows.map((row) => row.from + row.values.length)) - from;
  const values = new Float32Array(rows.length * columns);
  for (const [n, row] of rows.entries()) values.set(row.values, n * columns + row.from - from);
  return { from, shape: [rows.length, columns], values };
};

/**
 * Maps columns of images, then lines.
 *
 * @returns `[N, down.rows, across.rows, C]`, owned by the caller.
 */
export const mapLines = (images: tf.Tensor4D, { down, across }: Lines<LineMap>): tf.Tensor4D =>
  tf.tidy(() => {
    const lower = mapped(tf.transpose(images, [1, 0, 2, 3]), down); // one large product is faster than many small ones
    return tf.transpose(mapped(tf.transpose(lower, [2, 1, 0, 3]), across), [1, 2, 0, 3]);
  });

/** Maps the first axis. */
const mapped = (x: tf.Tensor4D, { rows, blocks }: LineMap): tf.Tensor4D => {
  const [length, ...others] = x.shape;
  const flat = tf.reshape(x, [length, others.reduce((size, one) => size * one, 1)]);
  const parts = blocks.map(({ from, shape, values }) => {
    const some = blocks.length === 1 ? flat : tf.slice(flat, [from, 0], [shape[1], -1]);
    return tf.matMul<tf.Tensor2D>(tf.tensor2d(values, [...shape]), some);
  });
  return tf.reshape(parts.length === 1 ? (parts[0] as tf.Tensor2D) : tf.concat(parts, 0), [rows, ...others]);
};
