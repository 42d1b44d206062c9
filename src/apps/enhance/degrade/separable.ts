import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from 'ml-matrix';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Degradation, Trust } from './degradation.ts';
import { cubicLine } from './lines.ts';
import { LEAST_GAIN, spectrumOf } from './spectrum.ts';

/** What happens to columns of an image, and to its lines. */
export type Lines = { readonly down: Matrix; readonly across: Matrix };

/** A degradation that does the same to all columns of an image, and to all its lines, which differ in length alone. */
export const separable = (imageShape: ImageShape, { down, across }: Lines): Degradation => {
  const [height, width, channels] = imageShape;
  const tall = spectrumOf(down);
  const wide = height === width ? tall : spectrumOf(across); // the same happens to both
  const gains = tall.gains.map((a) => wide.gains.map((b) => a * b));
  const least = LEAST_GAIN * Math.max(...gains.flat());
  const shares = (trust: Trust): number[][] =>
    gains.map((row) => row.map((gain) => (gain > least ? trust(gain) / gain : 0)));
  return {
    imageShape,
    seenShape: [down.rows, across.rows, channels],
    degrade: (images) => mapLines(images, { down, across }),
    restore: (seen, trust = () => 1) =>
      tf.tidy(() => {
        const directions = mapLines(seen, { down: tall.left.transpose(), across: wide.left.transpose() });
        const taken = tf.tensor4d(shares(trust).flat(), [1, down.rows, across.rows, 1]);
        return mapLines(tf.mul(directions, taken), { down: tall.right, across: wide.right });
      }),
    guess: (seen) => mapLines(seen, { down: cubicLine(down.rows, height), across: cubicLine(across.rows, width) }),
  };
};

/**
 * Maps columns of images, then lines.
 *
 * @returns `[N, down.rows, across.rows, C]`, owned by the caller.
 */
export const mapLines = (images: tf.Tensor4D, { down, across }: Lines): tf.Tensor4D =>
  tf.tidy(() => {
    const [count, height, width, channels] = images.shape;
    const columns = tf.reshape(images, [count, height, width * channels]);
    const lower = tf.matMul(tf.expandDims(asTensor(down), 0), columns);
    const upright = tf.reshape(lower, [count * down.rows, width, channels]);
    const narrower = tf.matMul(tf.expandDims(asTensor(across), 0), upright);
    return tf.reshape(narrower, [count, down.rows, across.rows, channels]);
  });

const asTensor = (matrix: Matrix): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(matrix.to1DArray()), [matrix.rows, matrix.columns]);
