import * as tf from '@tensorflow/tfjs-core';
import type { NetOps } from '../../networks/ops.ts';

type RowOps = Pick<
  NetOps<tf.Tensor>,
  'layerNorm' | 'addRows' | 'channels' | 'toRows' | 'toMap' | 'embedding' | 'nearestRow'
>;

/** Operations on rows of tokens and on tables of them; a table lies as `[C, rows]`, as every matrix. */
export const rowOps: RowOps = {
  layerNorm: (rows, scale, shift, { epsilon }) => {
    const centred = tf.sub(rows, tf.mean(rows, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), scale), shift);
  },
  addRows: (rows, table) => {
    const [, length = 0, channels = 0] = rows.shape;
    return tf.add(rows, tf.transpose(tf.slice(table, [0, 0], [channels, length])));
  },
  channels: (x, from, to) => {
    const begin = x.shape.map((_, axis) => (axis === x.rank - 1 ? from : 0));
    return tf.slice(x, begin, [...x.shape.slice(0, -1), to - from]);
  },
  toRows: (map) => {
    const [count = 0, height = 0, width = 0, channels = 0] = map.shape;
    return tf.reshape(map, [count, height * width, channels]);
  },
  toMap: (rows, like) => tf.reshape(rows, [...like.shape.slice(0, 3), rows.shape[2] ?? 0]),
  embedding: (table, indices) => {
    const found = tf.gather(table, tf.cast(indices, 'int32') as tf.Tensor1D, 1);
    return tf.transpose(found, indices.rank === 1 ? [1, 0] : [1, 2, 0]);
  },
  nearestRow: (x, table) => {
    const flat = tf.reshape(x, [-1, x.shape[3] ?? 0]);
    // |x - row|² without |x|², which is the same for all rows, and turned round: the largest is the nearest
    const nearness = tf.sub(tf.mul(tf.matMul(flat, table as tf.Tensor2D), 2), tf.sum(tf.square(table), 0));
    return tf.reshape(tf.transpose(tf.gather(table, tf.argMax(nearness, 1), 1)), x.shape);
  },
};
