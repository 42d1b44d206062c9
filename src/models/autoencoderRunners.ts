import type * as tf from '@tensorflow/tfjs-core';
import { type NamedTensors, tfjsNetwork } from '../engines/tfjs/network.ts';
import type { Weight } from '../engines/tfjs/parameters.ts';
import { activationBytes, BANDS } from '../networks/activationBytes.ts';
import type { Architecture } from '../networks/architecture.ts';
import { type Autoencoder, autoencoderWeights } from '../networks/autoencoder.ts';
import type { NetworkRunner } from './networkRunner.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/** Both halves of an autoencoder, each on its own. */
export type AutoencoderRunners = { readonly encoder: NetworkRunner; readonly decoder: NetworkRunner };

/** From so many bytes on pictures go through in bands: below it, bands take up to twice as long. */
const BANDED = 2 ** 29;

/**
 * Runs an autoencoder on tfjs: small pictures whole, large ones in bands, which takes half of the memory and gives the
 * same.
 *
 * @throws CheckpointError as `autoencoderWeights`; nothing is left allocated then.
 */
export const autoencoderRunners = (
  autoencoder: Autoencoder,
  weights: ReadonlyMap<string, Weight>,
): AutoencoderRunners => {
  const halves = autoencoderWeights(autoencoder, weights);
  const run = (half: 'encoder' | 'decoder'): NetworkRunner =>
    tfjsRunner(tfjsNetwork(autoencoder[half], halves[half], { bandsFor: bandsFor(autoencoder[half]) }));
  const encoder = run('encoder');
  try {
    return { encoder, decoder: run('decoder') };
  } catch (error) {
    encoder.dispose();
    throw error;
  }
};

/** In how many bands half of an autoencoder takes images, or latents: 1 is whole. */
export const bandsFor = (architecture: Architecture): ((inputs: NamedTensors) => number) => {
  const known = new Map<string, number>();
  return ({ x }) => {
    const [count = 1, height = 1, width = 1] = (x as tf.Tensor).shape;
    const size = `${height}x${width}`;
    const bytes = known.get(size) ?? activationBytes(architecture, { height, width });
    known.set(size, bytes);
    return count * bytes > BANDED ? BANDS : 1;
  };
};
