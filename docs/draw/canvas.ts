import * as tf from '@tensorflow/tfjs-core';
import type { Model } from 'tfjs-boomerang';

/** What pictures are drawn with. */
export type Canvas = {
  readonly model: Model;
  /** Of the model's size, in [0, 1]. */
  readonly images: readonly Float32Array[];
};

/** Images as one batch. */
export const stacked = ({ model }: Canvas, images: readonly Float32Array[]): tf.Tensor4D =>
  tf.tidy(() => tf.stack(images.map((image) => tf.tensor3d(image, [...model.imageShape]))) as tf.Tensor4D);

/** A batch as images; disposes it. */
export const apart = async (batch: tf.Tensor4D): Promise<readonly Float32Array[]> => {
  const values = await batch.data<'float32'>();
  const size = values.length / batch.shape[0];
  batch.dispose();
  return Array.from({ length: values.length / size }, (_, n) => values.slice(n * size, (n + 1) * size));
};
