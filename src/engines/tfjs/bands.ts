import * as tf from '@tensorflow/tfjs-core';

/** A feature map of which any rows can be had, whether they are kept or computed when somebody asks. */
export type Bands = {
  readonly height: number;
  /** Tensors that the rows are made of. */
  readonly kept: readonly tf.Tensor[];
  /** The rows from one to before another, `[N, to - from, W, C]`. */
  rows(from: number, to: number): tf.Tensor4D;
};

const rowsOf = (x: tf.Tensor, from: number, to: number): tf.Tensor4D =>
  to - from === x.shape[1] ? (x as tf.Tensor4D) : tf.slice(x as tf.Tensor4D, [0, from, 0, 0], [-1, to - from, -1, -1]);

/** Maps one below the other as one map. */
export const bandsOf = (kept: readonly tf.Tensor[]): Bands => {
  const starts = [0];
  for (const { shape } of kept) starts.push((starts.at(-1) ?? 0) + (shape[1] ?? 0));
  return {
    height: starts.at(-1) ?? 0,
    kept,
    rows: (from, to) => {
      const parts = kept.flatMap((band, i) => {
        const [start = 0, end = 0] = [starts[i], starts[i + 1]];
        const [first, last] = [Math.max(from, start), Math.min(to, end)];
        return first < last ? [rowsOf(band, first - start, last - start)] : [];
      });
      return parts.length === 1 ? (parts[0] as tf.Tensor4D) : tf.concat(parts, 1);
    },
  };
};

/** The same for each row, computed when somebody asks. */
export const mapRows = (x: Bands, change: (rows: tf.Tensor4D) => tf.Tensor): Bands => ({
  ...x,
  rows: (from, to) => change(x.rows(from, to)) as tf.Tensor4D,
});

/** Where bands begin, and the end: at most `count` of them, next to equal. */
export const cutsOf = (height: number, count: number): readonly (readonly [from: number, to: number])[] => {
  const bands = Math.min(count, height);
  const at = (i: number): number => Math.floor((i * height) / bands);
  return Array.from({ length: bands }, (_, i) => [at(i), at(i + 1)] as const);
};

/** Computes a map band by band and keeps it. */
export const keepBands = (x: Bands, count: number): Bands =>
  bandsOf(cutsOf(x.height, count).map(([from, to]) => tf.tidy(() => x.rows(from, to))));
