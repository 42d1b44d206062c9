import * as tf from '@tensorflow/tfjs-core';
import type { Conditions, Runner } from '../../models/model.ts';
import type { Feed, SessionFeeds, SessionOutput } from '../sessions/feeds.ts';
import type { SessionPool } from '../sessions/sessionPool.ts';

/** By the role of an input; each with the batch in front. */
export type Inputs = Readonly<Record<string, tf.Tensor>>;

/** Runs a network in the sessions of a pool, which it owns. */
export type SessionRunner = {
  /** @returns the outputs in the graph's order, float32, maps NHWC; the caller's own. */
  run(inputs: Inputs): tf.Tensor[];
  runAsync(inputs: Inputs): Promise<tf.Tensor[]>;
  dispose(): void;
};

/** Tensors are read and made in the main thread. */
export const sessionRunner = (pool: SessionPool): SessionRunner => ({
  run(inputs) {
    const named = Object.entries(inputs);
    const data = named.map(([, tensor]) => tensor.dataSync());
    return toTensors(pool.run(feedsOf(named, data)));
  },
  async runAsync(inputs) {
    const named = Object.entries(inputs).map(([name, { shape }]) => [name, { shape }] as const);
    const data = await Promise.all(Object.values(inputs).map((tensor) => tensor.data()));
    return toTensors(await pool.runAsync(feedsOf(named, data)));
  },
  dispose() {
    void pool.dispose();
  },
});

type Shaped = Pick<tf.Tensor, 'shape'>;

const feedsOf = (
  named: readonly (readonly [name: string, tensor: Shaped])[],
  data: readonly ArrayLike<number>[],
): SessionFeeds => {
  const inputs: Record<string, Feed> = {};
  for (const [n, [name, { shape }]] of named.entries()) {
    inputs[name] = { data: data[n] ?? [], shape: shape.slice(1) };
  }
  return { rows: named[0]?.[1].shape[0] ?? 0, inputs };
};

const toTensors = (outputs: readonly SessionOutput[]): tf.Tensor[] =>
  outputs.map(({ data, shape }) => tf.tensor(data, [...shape]));

/** Runs a network of images in the sessions of a pool, which it owns. */
export const onnxRunner = (pool: SessionPool): Runner => {
  const { run, runAsync, dispose } = sessionRunner(pool);
  return {
    engine: 'onnx',
    run: (x, conditions) => tf.tidy(() => run({ x, ...tensorsOf(conditions) })[0] as tf.Tensor4D),
    async runAsync(x, conditions) {
      const given = tensorsOf(conditions);
      try {
        const [output] = await runAsync({ x, ...given });
        return output as tf.Tensor4D;
      } finally {
        tf.dispose(given);
      }
    },
    dispose,
  };
};

const tensorsOf = ({ timesteps, labels }: Conditions): Record<string, tf.Tensor> => ({
  timesteps: tf.tensor1d([...timesteps], 'float32'),
  ...(labels ? { labels: tf.tensor1d([...labels], 'int32') } : {}),
});
