import * as tf from '@tensorflow/tfjs-core';
import { tfjsOps } from '../engines/tfjs/ops.ts';
import type { Autoencoder } from '../networks/autoencoder.ts';

/** Clean images, `[N, H, W, C]` in [-1, 1]. */
export type ImageBatch = { readonly clean: tf.Tensor4D };

/** What a wrong edge costs beside a wrong pixel: without it, what comes back is blurred. */
const EDGES = 0.5;
/** Keeps latents near 0, where the decoder's soft bound of 3 does not press them together. */
const SPREAD = 1e-3;

/**
 * How far images are from what comes back of them: distances and their squares, the distances of differences between
 * neighbouring pixels, and a little of the squares of the latents.
 *
 * @param parameters of both halves, by name.
 */
export const reconstructionLoss = (
  parameters: ReadonlyMap<string, tf.Tensor>,
  { clean }: ImageBatch,
  { encoder, decoder }: Pick<Autoencoder, 'encoder' | 'decoder'>,
): tf.Scalar => {
  const take = (name: string): tf.Tensor => parameters.get(name) as tf.Tensor;
  const { output: latents } = encoder.build<tf.Tensor>(tfjsOps, take)({ x: clean }) as Output;
  const { output: images } = decoder.build<tf.Tensor>(tfjsOps, take)({ x: latents }) as Output;
  const error = tf.sub(images, clean) as tf.Tensor4D;
  const pixels = tf.add(distance(error), tf.mean(tf.square(error)));
  const edges = tf.add(distance(difference(error, 1)), distance(difference(error, 2)));
  const spread = tf.mean(tf.square(latents));
  return tf.addN([pixels, tf.mul(edges, EDGES), tf.mul(spread, SPREAD)]) as tf.Scalar;
};

type Output = { readonly output: tf.Tensor };

/** Mean of absolute values, rounded off at 0, so that it has a slope everywhere. */
const distance = (error: tf.Tensor): tf.Tensor => tf.mean(tf.sqrt(tf.add(tf.square(error), 1e-6)));

/** Of neighbours along an axis. */
const difference = (x: tf.Tensor4D, axis: 1 | 2): tf.Tensor => {
  const size = x.shape.map((length, n) => (n === axis ? length - 1 : length)) as [number, number, number, number];
  const start = [0, 0, 0, 0].map((_, n) => (n === axis ? 1 : 0)) as [number, number, number, number];
  return tf.sub(tf.slice(x, start, size), tf.slice(x, [0, 0, 0, 0], size));
};
