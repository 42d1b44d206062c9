import * as tf from '@tensorflow/tfjs-core';
import type { Affine, Heads, NetOps } from '../../networks/ops.ts';
import { multiply } from './multiply.ts';

/** `x · weight + bias` for a weight `[in, out]`; see `NetOps`. */
export const linear = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, weight), bias);

/** Self-attention over the positions of a feature map; see `NetOps`. */
export const attention: NetOps<tf.Tensor>['attention'] = (x, weights, heads) => {
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  const positions = height * width;
  const rows = tf.reshape(x, [count * positions, channels]);
  const project = ({ weight, bias }: Affine<tf.Tensor>, order: readonly number[]): tf.Tensor3D =>
    splitHeads(linear(rows, weight, bias), [count, positions], { heads, order });
  const query = tf.mul<tf.Tensor3D>(project(weights.query, [0, 2, 1, 3]), 1 / Math.sqrt(heads.dim));
  const key = project(weights.key, [0, 2, 3, 1]); // transposed: the product below is faster so
  const value = project(weights.value, [0, 2, 1, 3]);
  const shares = tf.softmax(multiply(query, key));
  const mixed = tf.reshape(multiply(shares, value), [count, heads.count, positions, heads.dim]);
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [count * positions, heads.count * heads.dim]);
  return tf.reshape(linear(joined, weights.out.weight, weights.out.bias), x.shape);
};

type Split = { readonly heads: Heads; readonly order: readonly number[] };

/** From `[N · positions, heads · dim]` to `[N · heads, …]`, the last two axes in the order asked for. */
const splitHeads = (
  rows: tf.Tensor,
  [count, positions]: readonly [number, number],
  { heads, order }: Split,
): tf.Tensor3D => {
  const ordered = tf.transpose(tf.reshape(rows, [count, positions, heads.count, heads.dim]), [...order]);
  const [, , height = 0, width = 0] = ordered.shape;
  return tf.reshape(ordered, [count * heads.count, height, width]);
};
