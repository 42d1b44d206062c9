import * as tf from '@tensorflow/tfjs-core';

/** Keeps a similarity where neither image has a gradient: 170 for images in [0, 255], by the authors. */
const C = 170 / 255 ** 2;

/** How much each scale counts, from the images' own to an eighth of it. */
const SCALES = [0.096, 0.596, 0.289, 0.019] as const;

/** How much less strong gradients count with several scales, since they mask what differs about them. */
const MASKING = 0.5;

/** Pictures of fewer pixels are not made smaller again: hardly a gradient would be left. */
const LEAST_SIDE = 4;

/**
 * Gradient magnitude similarity deviation of each image to the true one at its place: how unevenly their edges agree over
 * the picture. Of colour only the luminance counts. The images are halved first, as people see pictures from afar.
 *
 * @param images float32 `[N, H, W, C]` in [0, 1], as `originals` are; both left alone.
 * @returns `[N]`, 0 where images are equal, below 0.5; owned by the caller.
 * @see Xue et al. 2014, arXiv:1308.3052, equations 4 to 6; zeros lie beyond the edges, as in the authors' program.
 */
export const gmsd = (images: tf.Tensor4D, originals: tf.Tensor4D): tf.Tensor1D =>
  tf.tidy(() => tf.sqrt(variances(halved(luminance(images)), halved(luminance(originals)), 0)));

/**
 * The same over four scales, each half of the one before: the root of their weighted mean square. It tells small pictures
 * apart better, and agrees better with people.
 *
 * Pictures of less than 25 pixels have fewer scales, in the same proportions: of the smallest, 4 pixels are high and wide.
 *
 * @param images float32 `[N, H, W, C]` in [0, 1], as `originals` are; both left alone.
 * @returns `[N]`, 0 where images are equal; owned by the caller.
 * @see Zhang et al. 2017, "Gradient magnitude similarity deviation on multiple scales for color image quality
 *   assessment", without its part for colour.
 */
export const multiScaleGmsd = (images: tf.Tensor4D, originals: tf.Tensor4D): tf.Tensor1D =>
  tf.tidy(() => {
    let [a, b] = [luminance(images), luminance(originals)];
    let [sum, weights]: [tf.Tensor1D, number] = [tf.mul(variances(a, b, MASKING), SCALES[0]), SCALES[0]];
    for (const weight of SCALES.slice(1)) {
      if (Math.min(a.shape[1], a.shape[2]) < 2 * LEAST_SIDE - 1) break;
      [a, b] = [halved(a), halved(b)];
      [sum, weights] = [tf.add(sum, tf.mul(variances(a, b, MASKING), weight)), weights + weight];
    }
    return tf.sqrt(tf.div(sum, weights));
  });

/** Variance over each picture of how similar its gradients are to those of the other: `[N]`. */
const variances = (a: tf.Tensor4D, b: tf.Tensor4D, masking: number): tf.Tensor1D => {
  const [ofA, ofB] = [gradients(a), gradients(b)];
  const product = tf.mul(ofA, ofB);
  const squares = tf.add(tf.square(ofA), tf.square(ofB));
  const similarity = tf.div(
    tf.add(tf.mul(product, 2 - masking), C),
    tf.add(tf.sub(squares, tf.mul(product, masking)), C),
  );
  return tf.moments(similarity, [1, 2, 3]).variance as tf.Tensor1D;
};

/** How steep each pixel is, by Prewitt's filters. */
const gradients = (x: tf.Tensor4D): tf.Tensor4D => {
  const slope = (filter: readonly number[]): tf.Tensor4D =>
    tf.conv2d(
      x,
      tf.tensor4d(
        filter.map((one) => one / 3),
        [3, 3, 1, 1],
      ),
      1,
      'same',
    );
  const across = slope([1, 0, -1, 1, 0, -1, 1, 0, -1]);
  const down = slope([1, 1, 1, 0, 0, 0, -1, -1, -1]);
  return tf.sqrt(tf.add(tf.square(across), tf.square(down)));
};

/** Means over 2 x 2 pixels; of an odd number the last goes with zeros, as in the authors' program. */
const halved = (x: tf.Tensor4D): tf.Tensor4D => {
  const [, height, width] = x.shape;
  const even = tf.pad(x, [
    [0, 0],
    [0, height % 2],
    [0, width % 2],
    [0, 0],
  ]);
  return tf.avgPool(even, 2, 2, 'valid');
};

/** `[N, H, W, 1]`. */
const luminance = (images: tf.Tensor4D): tf.Tensor4D => {
  const weights = images.shape[3] === 3 ? [0.299, 0.587, 0.114] : undefined;
  return weights ? tf.sum(tf.mul(images, weights), 3, true) : tf.mean(images, 3, true);
};
