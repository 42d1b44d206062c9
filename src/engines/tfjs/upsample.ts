import * as tf from '@tensorflow/tfjs-core';

/**
 * Every pixel four times. It brings its own gradient, the sum over the four, since the cpu backend's kernel for the
 * gradient of a nearest-neighbour resize computes something else (tfjs 4.22.0).
 */
export const upsample2x = (x: tf.Tensor4D): tf.Tensor4D => repeat(x);

const repeat = tf.customGrad((...inputs) => {
  const x = inputs[0] as tf.Tensor4D;
  const [, height, width] = x.shape;
  return {
    value: tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]),
    gradFunc: (dy: tf.Tensor) => tf.mul(tf.avgPool(dy as tf.Tensor4D, 2, 2, 'valid'), 4),
  };
}) as (x: tf.Tensor4D) => tf.Tensor4D;

/** Nearest neighbour to the height and width of another map. */
export const upsampleLike = (x: tf.Tensor4D, like: tf.Tensor4D): tf.Tensor4D => {
  const [[, height, width], [, toHeight, toWidth]] = [x.shape, like.shape];
  if (toHeight === 2 * height && toWidth === 2 * width) return upsample2x(x);
  return tf.image.resizeNearestNeighbor(x, [toHeight, toWidth]);
};
