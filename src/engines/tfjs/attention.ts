import * as tf from '@tensorflow/tfjs-core';
import { type AttendOptions, type Heads, MOST_SCORES, type NetOps } from '../../networks/ops.ts';
import { multiply } from './multiply.ts';

/** `x · weight + bias` for vectors or rows and a weight `[in, out]`; see `NetOps`. */
export const linear = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor => {
  const product = tf.matMul(flat(x), weight);
  const sum = bias ? tf.add(product, bias) : product;
  return x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), weight.shape[1] ?? 0]);
};

/** Rows one below the other: wasm multiplies single matrices only by its fast kernel. */
const flat = (x: tf.Tensor): tf.Tensor2D =>
  x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, x.shape.at(-1) ?? 0]);

/** Self-attention over the positions of a feature map; see `NetOps`. */
export const attention: NetOps<tf.Tensor>['attention'] = (x, { query, key, value, out }, heads) => {
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  const rows = tf.reshape(x, [count, height * width, channels]);
  const [q, k, v] = [query, key, value].map(({ weight, bias }) => linear(rows, weight, bias));
  const mixed = attend(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, { ...heads, causal: false });
  return tf.reshape(linear(mixed, out.weight, out.bias), x.shape);
};

/** Attention of rows that were projected; see `NetOps`. */
export const attend = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, options: AttendOptions): tf.Tensor => {
  const [count = 0, queries = 0] = query.shape;
  const keys = key.shape[1] ?? 0;
  const scaled = tf.mul<tf.Tensor3D>(splitHeads(query, options, [0, 2, 1, 3]), 1 / Math.sqrt(options.dim));
  const turned = splitHeads(key, options, [0, 2, 3, 1]); // transposed: the product below is faster so
  const values = splitHeads(value, options, [0, 2, 1, 3]);
  const most = Math.max(1, Math.floor(MOST_SCORES / (count * options.count * keys)));
  const mix = (from: number, size: number): tf.Tensor3D => {
    const some = size === queries ? scaled : tf.slice(scaled, [0, from, 0], [-1, size, -1]);
    const scores = multiply(some, turned);
    return multiply(tf.softmax(options.causal ? tf.add(scores, future(from, size, keys)) : scores), values);
  };
  const parts: tf.Tensor3D[] = [];
  for (let from = 0; from < queries; from += most) {
    const size = Math.min(most, queries - from);
    parts.push(queries > most ? tf.tidy(() => mix(from, size)) : mix(from, size));
  }
  const [first] = parts as [tf.Tensor3D];
  return joinHeads(parts.length === 1 ? first : tf.concat(parts, 1), count, options);
};

/** What hides the rows after each of `size` rows: adds next to minus infinity to their scores. */
const future = (from: number, size: number, keys: number): tf.Tensor2D => {
  const columns = tf.expandDims(tf.range(0, keys), 0);
  const rows = tf.expandDims(tf.range(from, from + size), 1);
  return tf.mul(tf.cast(tf.greater(columns, rows), 'float32'), -1e30);
};

/** From rows `[N, L, heads · dim]` to `[N · heads, …]`, the last two axes in the order asked for. */
const splitHeads = (rows: tf.Tensor, heads: Heads, order: readonly number[]): tf.Tensor3D => {
  const [count = 0, length = 0] = rows.shape;
  const ordered = tf.transpose(tf.reshape(rows, [count, length, heads.count, heads.dim]), [...order]);
  const [, , height = 0, width = 0] = ordered.shape;
  return tf.reshape(ordered, [count * heads.count, height, width]);
};

const joinHeads = (mixed: tf.Tensor3D, count: number, heads: Heads): tf.Tensor => {
  const length = mixed.shape[1];
  const apart = tf.reshape(mixed, [count, heads.count, length, heads.dim]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [count, length, heads.count * heads.dim]);
};
