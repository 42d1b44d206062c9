import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../engines/tfjs/network.ts';
import type { Conditions, Engine, Runner } from './model.ts';

/** A network of any kind on any engine. It owns its weights. */
export type NetworkRunner = {
  readonly engine: Engine;
  /** See `Model`. */
  readonly device?: string | undefined;
  /** @returns its outputs, owned by the caller; what goes in stays the caller's. */
  run(inputs: NamedTensors): NamedTensors;
  /** As `run`, but awaited: an engine that computes elsewhere does not block the event loop. */
  runAsync(inputs: NamedTensors): Promise<NamedTensors>;
  dispose(): void;
};

/** The one output of a network that gives a map. */
export const soleOutput = (outputs: NamedTensors): tf.Tensor4D => outputs['output'] as tf.Tensor4D;

/** A network of noisy images, asked under conditions. */
export const denoiserRunner = (network: NetworkRunner): Runner => ({
  engine: network.engine,
  get device() {
    return network.device;
  },
  run: (x, conditions) => tf.tidy(() => soleOutput(network.run({ x, ...tensorsOf(conditions) }))),
  async runAsync(x, conditions) {
    const { embeddings, ...own } = tensorsOf(conditions);
    try {
      return soleOutput(await network.runAsync({ x, ...own, ...(embeddings ? { embeddings } : {}) }));
    } finally {
      tf.dispose(Object.values(own));
    }
  },
  dispose: () => network.dispose(),
});

const tensorsOf = ({ timesteps, labels, embeddings, guidance }: Conditions): Record<string, tf.Tensor> => ({
  timesteps: tf.tensor1d([...timesteps], 'float32'),
  ...(labels ? { labels: tf.tensor1d([...labels], 'int32') } : {}),
  ...(guidance ? { guidance: tf.tensor1d([...guidance], 'float32') } : {}),
  ...(embeddings ? { embeddings } : {}),
});
