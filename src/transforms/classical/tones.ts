import * as tf from '@tensorflow/tfjs-core';

/** How the values of an image change. Shares are of the range from black to white. */
export type Tone = {
  /** Stretches the differences from each channel's mean; 1 leaves them. */
  readonly gain: number;
  /** Added to every value, as a share; 0 leaves them. */
  readonly offset: number;
  /** Values from this share on are inverted. */
  readonly solarize?: number | undefined;
  /** Bits of a byte that are kept. */
  readonly bits?: number | undefined;
};

/**
 * Changes the values of images, each its own way: contrast and brightness, clipped to the range, then inverted from a
 * level on, then with fewer levels. Contrast keeps the mean, so that gains multiply and offsets add in any order.
 *
 * @param images float32 `[N, H, W, C]`; left alone.
 * @returns the same shape, owned by the caller.
 */
export const applyTones = (
  images: tf.Tensor4D,
  tones: readonly Tone[],
  bounds: readonly [black: number, white: number],
): tf.Tensor4D =>
  tf.tidy(() => {
    const stretched = stretch(images, tones, bounds);
    return posterize(solarize(stretched, tones, bounds), tones, bounds);
  });

type Change = typeof applyTones;

const stretch: Change = (images, tones, [black, white]) => {
  if (tones.every(({ gain, offset }) => gain === 1 && offset === 0)) return images;
  const gain = column(tones.map((tone) => tone.gain));
  const offset = column(tones.map((tone) => tone.offset * (white - black)));
  const mean = tf.mul(tf.mean(images, [1, 2], true), tf.sub(1, gain));
  return tf.clipByValue(tf.add(tf.add(tf.mul(images, gain), mean), offset) as tf.Tensor4D, black, white);
};

const solarize: Change = (images, tones, [black, white]) => {
  if (tones.every((tone) => tone.solarize === undefined)) return images;
  const from = column(tones.map((tone) => black + (tone.solarize ?? 2) * (white - black))); // 2 is never reached
  return tf.where(tf.greaterEqual(images, from), tf.sub(black + white, images), images) as tf.Tensor4D;
};

const posterize: Change = (images, tones, [black, white]) => {
  if (tones.every(({ bits }) => bits === undefined)) return images;
  const step = column(tones.map(({ bits = 8 }) => 2 ** (8 - bits)));
  const bytes = tf.add(tf.mul(tf.sub(images, black), 255 / (white - black)), 1e-3); // a byte as a float may lie just below
  const levels = tf.mul(tf.floor(tf.div(bytes, step)), step);
  const kept = tf.greater(column(tones.map(({ bits }) => (bits === undefined ? 1 : 0))), 0);
  return tf.where(kept, images, tf.add(tf.mul(levels, (white - black) / 255), black)) as tf.Tensor4D;
};

const column = (values: readonly number[]): tf.Tensor4D => tf.tensor4d([...values], [values.length, 1, 1, 1]);
