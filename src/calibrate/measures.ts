import * as tf from '@tensorflow/tfjs-core';

/** Over which pixels images are compared. */
export type SsimWindow = {
  /** Pixels, high and wide. */
  readonly side: number;
  /** Standard deviation of a Gaussian that weighs them, in pixels; without it all weigh the same. */
  readonly sigma?: number;
};

/** As in scikit-image by default: all pixels weigh the same, and variances are over one less than there are. */
export const FLAT_WINDOW: SsimWindow = { side: 7 };

/** As it was defined. */
export const GAUSSIAN_WINDOW: SsimWindow = { side: 11, sigma: 1.5 };

/** Root mean square distance of each image to the one at its place, in the images' own unit: `[N]`. */
export const rmsDistances = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor1D =>
  tf.tidy(() => tf.sqrt(tf.mean(tf.squaredDifference(a, b), [1, 2, 3])) as tf.Tensor1D);

/**
 * Structural similarity of each image in [0, 1] to the one at its place: 1 for equal images, mean over channels and
 * over all windows that fit.
 *
 * @param window smaller where the images are.
 * @returns `[N]`, in [-1, 1].
 * @see Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", equation 13.
 */
export const structuralSimilarities = (
  a: tf.Tensor4D,
  b: tf.Tensor4D,
  { side: most, sigma }: SsimWindow = FLAT_WINDOW,
): tf.Tensor1D =>
  tf.tidy(() => {
    const [, height, width, channels] = a.shape;
    const side = Math.min(most, height, width);
    const weights = sigma === undefined ? undefined : tf.tile(gaussian(side, sigma), [1, 1, channels, 1]);
    const local = (x: tf.Tensor): tf.Tensor =>
      weights
        ? tf.depthwiseConv2d(x as tf.Tensor4D, weights as tf.Tensor4D, 1, 'valid')
        : tf.avgPool(x as tf.Tensor4D, side, 1, 'valid');
    const unbiased = weights || side === 1 ? 1 : side ** 2 / (side ** 2 - 1);
    const [meanA, meanB] = [local(a), local(b)];
    const covariance = (x: tf.Tensor, y: tf.Tensor, meanX: tf.Tensor, meanY: tf.Tensor): tf.Tensor =>
      tf.mul(tf.sub(local(tf.mul(x, y)), tf.mul(meanX, meanY)), unbiased);
    const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
    const luminance = tf.add(tf.mul(2, tf.mul(meanA, meanB)), c1);
    const structure = tf.add(tf.mul(2, covariance(a, b, meanA, meanB)), c2);
    const energy = tf.add(tf.add(tf.square(meanA), tf.square(meanB)), c1);
    const variance = tf.add(tf.add(covariance(a, a, meanA, meanA), covariance(b, b, meanB, meanB)), c2);
    return tf.mean(tf.div(tf.mul(luminance, structure), tf.mul(energy, variance)), [1, 2, 3]) as tf.Tensor1D;
  });

/** Weights that add up to 1: `[side, side, 1, 1]`. */
const gaussian = (side: number, sigma: number): tf.Tensor4D => {
  const line = Array.from({ length: side }, (_, n) => Math.exp(-((n - (side - 1) / 2) ** 2) / (2 * sigma ** 2)));
  const sum = line.reduce((total, weight) => total + weight, 0);
  const square = line.flatMap((row) => line.map((column) => (row * column) / sum ** 2));
  return tf.tensor4d(square, [side, side, 1, 1]);
};

/** Cosine of the angle between each embedding and the one at its place: `[N]` from two of `[N, D]`. */
export const cosineSimilarities = (a: tf.Tensor, b: tf.Tensor): tf.Tensor1D =>
  tf.tidy(() => {
    const length = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x), -1));
    const product = tf.sum(tf.mul(a, b), -1);
    return tf.div(product, tf.maximum(tf.mul(length(a), length(b)), 1e-12)) as tf.Tensor1D;
  });

/** 1 where the most probable class is the image's own, else 0: `[N]` from `[N, classes]`. */
export const keptClasses = (probabilities: tf.Tensor2D, labels: readonly number[]): tf.Tensor1D =>
  tf.tidy(() => {
    const own = tf.tensor1d([...labels], 'int32');
    return tf.cast(tf.equal(tf.argMax(probabilities, -1), own), 'float32') as tf.Tensor1D;
  });

/**
 * How much the variants of each image differ from one another: the mean of their root mean square distances, pair by
 * pair; 0 for a single variant.
 *
 * @param variants batches of the same images, in the same order.
 * @returns `[N]`, in the images' own unit.
 */
export const diversities = (variants: readonly [tf.Tensor4D, ...tf.Tensor4D[]]): tf.Tensor1D =>
  tf.tidy(() => {
    const pairs = variants.flatMap((a, n) => variants.slice(n + 1).map((b) => rmsDistances(a, b)));
    return pairs.length === 0 ? tf.zeros([variants[0].shape[0]]) : (tf.mean(tf.stack(pairs), 0) as tf.Tensor1D);
  });
