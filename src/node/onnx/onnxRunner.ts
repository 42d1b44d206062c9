import * as tf from '@tensorflow/tfjs-core';
import type { Conditions, Runner } from '../../models/model.ts';
import type { SessionFeeds } from '../sessions/feeds.ts';
import type { SessionPool } from '../sessions/sessionPool.ts';

/** Runs a network in the sessions of a pool, which it owns. Tensors are read and made in the main thread. */
export const onnxRunner = (pool: SessionPool): Runner => ({
  engine: 'onnx',
  run: (x, conditions) => toTensor(pool.run(feeds(x, x.dataSync<'float32'>(), conditions)), x.shape),
  async runAsync(x, conditions) {
    const { shape } = x;
    const pixels = await x.data<'float32'>();
    return toTensor(await pool.runAsync(feeds({ shape }, pixels, conditions)), shape);
  },
  dispose() {
    void pool.dispose();
  },
});

type Shaped = Pick<tf.Tensor4D, 'shape'>;

const feeds = ({ shape }: Shaped, x: Float32Array, { timesteps, labels }: Conditions): SessionFeeds => ({
  x,
  shape,
  timesteps,
  ...(labels ? { labels } : {}),
});

const toTensor = (output: Float32Array, [count, height, width]: tf.Tensor4D['shape']): tf.Tensor4D =>
  tf.tensor4d(output, [count, height, width, output.length / (count * height * width)]);
