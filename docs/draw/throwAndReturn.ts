import * as tf from '@tensorflow/tfjs-core';
import { contactSheet, type Model, planReturn, solveAsync, timestepAt } from 'tfjs-boomerang';
import { apart, type Canvas, stacked } from './canvas.ts';

const STRENGTHS = [0.2, 0.4, 0.7];
/** Estimates to show, by the number of the call, from 1 on; the last call is the seventh. */
const SHOWN = [1, 3, 5];

/** What a throw leaves of an image, what the network sees in it on the way back, and what returns. */
export const drawThrow = async (canvas: Canvas): Promise<Uint8Array> => {
  const image = canvas.images[2] as Float32Array;
  const rows = [];
  for (const strength of STRENGTHS) {
    rows.push({ label: `strength ${strength}`, images: [image, ...(await stagesOf(canvas, image, strength))] });
  }
  return contactSheet({
    shape: canvas.model.imageShape,
    columns: [
      { header: 'image', count: 1 },
      { header: 'thrown', count: 1 },
      { header: `seen in it at calls ${SHOWN.join(', ')}`, count: SHOWN.length },
      { header: 'returned', count: 1 },
    ],
    rows,
  });
};

const stagesOf = async (canvas: Canvas, image: Float32Array, strength: number): Promise<readonly Float32Array[]> => {
  const { model } = canvas;
  const { legs, solver, sigma } = planReturn(model, { strength });
  const start = tf.tidy(() => {
    const x = tf.sub(tf.mul(stacked(canvas, [image]), 2), 1);
    return tf.add(x, tf.mul(tf.randomNormal(x.shape, 0, 1, 'float32', 7), sigma)) as tf.Tensor4D;
  });
  const seen: tf.Tensor4D[] = [];
  const returned = await solveAsync({
    x: start,
    legs,
    solver,
    clip: 1,
    denoise: async (x, level) => {
      const clean = await estimate(model, x, Number(level));
      seen.push(tf.clone(clean));
      return clean;
    },
  });
  const thrown = tf.tidy(() => tf.div(start, Math.sqrt(1 + sigma ** 2)) as tf.Tensor4D);
  const shown = [thrown, ...SHOWN.map((call) => seen[call - 1] as tf.Tensor4D), returned];
  const images = await apart(tf.tidy(() => tf.clipByValue(tf.div(tf.add(tf.concat(shown), 1), 2), 0, 1)));
  tf.dispose([start, thrown, returned, seen]);
  return images;
};

/** The clean image that the network sees in a noisy one; this model says what the noise is. */
const estimate = async (model: Model, x: tf.Tensor4D, sigma: number): Promise<tf.Tensor4D> => {
  const input = tf.tidy(() => tf.div(x, Math.sqrt(1 + sigma ** 2)) as tf.Tensor4D);
  const noise = await model.predictAsync(input, timestepAt(model.scheduler.schedule, sigma));
  const clean = tf.tidy(() => tf.sub(x, tf.mul(noise, sigma)) as tf.Tensor4D);
  tf.dispose([input, noise]);
  return clean;
};
