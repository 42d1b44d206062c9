import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, NumericError } from '../errors.ts';

/** The numbers that black and white have in the caller's images. */
export type ImageRange = '0..1' | '-1..1' | '0..255';

/** Black and white of a range. */
export const BOUNDS: Readonly<Record<ImageRange, readonly [black: number, white: number]>> = {
  '0..1': [0, 1],
  '-1..1': [-1, 1],
  '0..255': [0, 255],
};

/**
 * The range that TensorFlow.js gives to a dtype: float32 is [0, 1], int32 is [0, 255].
 *
 * @throws ArgumentError `bad-range`, `bad-dtype`.
 */
export const imageRange = (dtype: tf.DataType, asked?: ImageRange): ImageRange => {
  if (dtype !== 'float32' && dtype !== 'int32') {
    throw new ArgumentError('bad-dtype', `images must be float32 or int32, got ${dtype}; cast them with tf.cast`);
  }
  if (asked === undefined) return dtype === 'int32' ? '0..255' : '0..1';
  if (Object.hasOwn(BOUNDS, asked)) return asked;
  const choices = Object.keys(BOUNDS).join(', ');
  throw new ArgumentError('bad-range', `unknown image range "${asked}"; choose one of: ${choices}`);
};

/**
 * Pixels in the caller's range as pixels in [-1, 1].
 *
 * @throws ArgumentError `out-of-range` with the range that was found, NaN included.
 */
export const toModelRange = (pixels: ArrayLike<number>, range: ImageRange): Float32Array => {
  const [black, white] = BOUNDS[range];
  const scale = 2 / (white - black);
  const result = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 1) {
    const pixel = pixels[i] as number;
    if (!(pixel >= black && pixel <= white)) throw outOfRange(pixels, range);
    result[i] = (pixel - black) * scale - 1;
  }
  return result;
};

const outOfRange = (pixels: ArrayLike<number>, range: ImageRange): ArgumentError => {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let broken = 0;
  for (let i = 0; i < pixels.length; i += 1) {
    const pixel = pixels[i] as number;
    if (Number.isNaN(pixel)) broken += 1;
    if (pixel < least) least = pixel;
    if (pixel > most) most = pixel;
  }
  const found = broken > 0 ? `${broken} NaN` : `${least} to ${most}`;
  const choices = Object.keys(BOUNDS).join(', ');
  return new ArgumentError(
    'out-of-range',
    `pixels must lie in ${range}, found ${found}; scale them, or name their range with { range }: ${choices}`,
  );
};

/**
 * Pixels from [-1, 1] in the caller's range and dtype, clipped to it, since `tf.browser.toPixels` and others refuse
 * 1.0000002.
 *
 * @throws NumericError `not-finite`, since an integer made of NaN is 0, black.
 */
export const fromModelRange = (
  pixels: Float32Array,
  range: ImageRange,
  dtype: tf.DataType,
): Float32Array | Int32Array => {
  const [black, white] = BOUNDS[range];
  const scale = (white - black) / 2;
  const inRange = new Float32Array(pixels.length);
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 1) {
    const pixel = ((pixels[i] as number) + 1) * scale + black;
    sum += pixel;
    inRange[i] = Math.min(white, Math.max(black, pixel));
  }
  if (!Number.isFinite(sum)) throw notFinite(pixels);
  return dtype === 'int32' ? Int32Array.from(inRange, Math.round) : inRange;
};

const notFinite = (pixels: Float32Array): NumericError => {
  const broken = pixels.findIndex((pixel) => !Number.isFinite(pixel));
  return new NumericError('not-finite', `pixel ${broken} of a variant is ${pixels[broken]}`);
};
