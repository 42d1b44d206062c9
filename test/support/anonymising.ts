import * as tf from '@tensorflow/tfjs-core';
import type { Embedder } from '../../src/apps/anonymise/embedder.ts';
import { imageNoise } from '../../src/tensors/noise.ts';

/** The pixels themselves, about their middle, as a direction: who chooses. */
export const pixels: Embedder = Object.assign(
  (images: tf.Tensor4D) => tf.tidy(() => tf.reshape(tf.sub(images, 0.5), [images.shape[0], -1]) as tf.Tensor2D),
  { id: 'pixels' },
);

/** Some mixtures of the pixels: who judges, and sees something else. */
export const mixtures: Embedder = Object.assign(
  (images: tf.Tensor4D) =>
    tf.tidy(() => {
      const size = images.size / images.shape[0];
      const mix = tf.reshape(imageNoise([['mixtures']], [size, 24, 1]), [size, 24]) as tf.Tensor2D;
      return tf.matMul(tf.reshape(tf.sub(images, 0.5), [images.shape[0], size]) as tf.Tensor2D, mix) as tf.Tensor2D;
    }),
  { id: 'mixtures' },
);

/** An embedder that finds nobody in images that a test names by their brightness. */
export const blindTo = (embed: Embedder, isBlind: (mean: number, n: number) => boolean): Embedder =>
  Object.assign(
    async (images: tf.Tensor4D) => {
      const means = tf.tidy(() => tf.mean(images, [1, 2, 3]));
      const values = await means.data();
      means.dispose();
      const vectors = (await embed(images)) as tf.Tensor2D;
      const rows = (await vectors.array()) as number[][];
      vectors.dispose();
      return rows.map((row, n) => (isBlind(values[n] as number, n) ? null : row));
    },
    { id: `blind ${embed.id}` },
  );

/** Gaussian images of which some are of one person: alike but for some noise. In [0, 1]. */
export const peopleImages = (people: number, each: number, side = 8): tf.Tensor4D =>
  tf.tidy(() => {
    const paths = (name: string, of: (n: number) => number) =>
      Array.from({ length: people * each }, (_, n) => [name, of(n)]);
    const who = imageNoise(
      paths('who', (n) => Math.floor(n / each)),
      [side, side, 1],
    );
    const own = imageNoise(
      paths('own', (n) => n),
      [side, side, 1],
    );
    return tf.clipByValue(tf.add(tf.mul(tf.add(tf.mul(who, 0.9), tf.mul(own, 0.436)), 0.175), 0.5), 0, 1);
  });

/** The names of those in them. */
export const namesOf = (people: number, each: number): string[] =>
  Array.from({ length: people * each }, (_, n) => `person ${Math.floor(n / each)}`);
