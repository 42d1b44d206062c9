import * as tf from '@tensorflow/tfjs-core';
import type { Folder } from '../checkpoints/folder.ts';
import { ArgumentError } from '../errors.ts';
import type { Architecture, Input } from '../networks/architecture.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import { autoencoderRunners } from './autoencoderRunners.ts';
import { checkTensor } from './checkTensor.ts';
import { findPart, weightsOf } from './findPart.ts';
import { soleOutput } from './networkRunner.ts';

/**
 * An autoencoder by itself, on tfjs. Its latents are raw: no scale, no shift. What goes in is float32, and of at least one
 * image; each method throws ArgumentError `bad-images`, `bad-image-shape`, `model-disposed`.
 */
export type LoadedAutoencoder = {
  /** Images `[N, H, W, C]` in [-1, 1], of sides that `factor` divides, to their most probable latents `[N, h, w, c]`, owned by the caller. */
  encode(images: tf.Tensor4D): tf.Tensor4D;
  /** Latents to images, not clipped, owned by the caller. */
  decode(latents: tf.Tensor4D): tf.Tensor4D;
  /**
   * Mean and log-variance of the latents, one after the other, `[N, h, w, 2c]`; the mean alone for an autoencoder
   * without variance. Owned by the caller.
   */
  moments(images: tf.Tensor4D): tf.Tensor4D;
  /** Pixels along one side of a latent pixel. */
  readonly factor: number;
  /** What diffusion sees is `(raw - shift) * scale`. */
  readonly scale: number;
  readonly shift: number;
  /** Frees the weights; doing it twice does no harm. */
  dispose(): void;
};

const AUTOENCODER_HOMES = ['', 'vae/', 'vqvae/'];

/**
 * Opens the autoencoder of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-config`, `bad-config`, and those of damaged weights.
 */
export const openAutoencoder = async (folder: Folder): Promise<LoadedAutoencoder> => {
  const part = await findPart(folder, AUTOENCODER_HOMES, 'autoencoder');
  const autoencoder = parseAutoencoder(part.config);
  const { encoder, decoder } = autoencoderRunners(autoencoder, await weightsOf(folder, part));
  const { factor, scale, shift } = autoencoder;
  let isDisposed = false;
  const check = (x: unknown, { inputs }: Architecture, name: string): void => {
    if (isDisposed) throw new ArgumentError('model-disposed', 'this autoencoder was disposed; load it again');
    checkMap(x, inputs['x'] as MapInput, name);
  };
  const encoded = (images: tf.Tensor4D, name: 'output' | 'moments'): tf.Tensor4D => {
    check(images, autoencoder.encoder, 'images');
    return tf.tidy(() => {
      const outputs = encoder.run({ x: images });
      return (outputs[name] ?? outputs['output']) as tf.Tensor4D;
    });
  };
  return {
    encode: (images) => encoded(images, 'output'),
    moments: (images) => encoded(images, 'moments'),
    decode(latents) {
      check(latents, autoencoder.decoder, 'latents');
      return tf.tidy(() => soleOutput(decoder.run({ x: latents })));
    },
    ...{ factor, scale, shift },
    dispose() {
      isDisposed = true;
      encoder.dispose();
      decoder.dispose();
    },
  };
};

type MapInput = Extract<Input, { kind: 'map' }>;

const checkMap = (x: unknown, { channels, multiple }: MapInput, name: string): void => {
  const sides = multiple === 1 ? '' : ` of a height and width divisible by ${multiple}`;
  const wanted = `${name} must be a float32 tensor [N, H, W, ${channels}]${sides}`;
  const [count = 0, height = 0, width = 0, depth] = checkTensor(x, wanted).shape;
  const fits = [count, height, width].every((size) => size > 0) && height % multiple === 0 && width % multiple === 0;
  if (fits && depth === channels && (x as tf.Tensor).rank === 4) return;
  throw new ArgumentError('bad-image-shape', `${wanted}, got [${(x as tf.Tensor).shape}]; pad or resize`);
};
