import type * as tf from '@tensorflow/tfjs-core';
import type { TfjsNetwork } from '../../src/engines/tfjs/network.ts';
import type { Values } from '../../src/networks/architecture.ts';

/** What a network of noisy images takes, by name. */
export const noisy = <T>(x: T, timesteps: T, labels?: T): Values<T> => ({
  x,
  timesteps,
  ...(labels ? { labels } : {}),
});

/** What such a network gives. */
export const ask = (network: TfjsNetwork, ...inputs: Parameters<typeof noisy<tf.Tensor>>): tf.Tensor4D =>
  network.run(noisy(...inputs))['output'] as tf.Tensor4D;
