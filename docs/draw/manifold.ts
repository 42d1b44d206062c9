import * as tf from '@tensorflow/tfjs-core';
import { boomerang, contactSheet } from 'tfjs-boomerang';
import { apart, type Canvas, stacked } from './canvas.ts';

/** The same distance in three directions: along the images that there are, and away from them. */
export const drawManifold = async (canvas: Canvas): Promise<Uint8Array> => {
  const { model, images } = canvas;
  const batch = stacked(canvas, images);
  const variants = await apart(await boomerang(model, batch, { strength: 0.4, seed: 'docs' }));
  batch.dispose();
  const rows = images.map((image, n) => {
    const variant = variants[n] as Float32Array;
    const other = images[(n + 1) % images.length] as Float32Array;
    const far = distance(image, variant);
    const toOther = Math.min(1, far / distance(image, other));
    return [image, variant, noisy(image, far), image.map((value, k) => value + toOther * ((other[k] ?? 0) - value))];
  });
  const headers = ['image', 'variant', 'as much noise', 'as much of another'];
  return contactSheet({
    shape: model.imageShape,
    columns: headers.map((header) => ({ header, count: 1 })),
    rows: rows.map((row) => ({ images: row })),
  });
};

/** Root mean square of the differences. */
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, k) => sum + (value - (b[k] ?? 0)) ** 2, 0) / a.length);

const noisy = (image: Float32Array, far: number): Float32Array => {
  const noise = tf.tidy(() => tf.randomNormal([image.length], 0, 1, 'float32', 7).dataSync<'float32'>());
  const scale = far / distance(noise, new Float32Array(noise.length));
  return image.map((value, k) => value + scale * (noise[k] ?? 0));
};
