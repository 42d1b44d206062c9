import * as tf from '@tensorflow/tfjs-core';
import type { Coder } from './model.ts';
import { type NetworkRunner, soleOutput } from './networkRunner.ts';

/** How latents lie about the mean of the encoder: `latent = (mean - shift) * scale`. */
export type LatentScale = { readonly scale: number; readonly shift: number };

/** What brings images to latents and back, by the two networks of an autoencoder, which it owns. */
export const makeCoder = (
  { encoder, decoder }: { readonly encoder: NetworkRunner; readonly decoder: NetworkRunner },
  { scale, shift }: LatentScale,
): Coder => {
  const toLatents = (mean: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.mul(tf.sub(mean, shift), scale));
  const fromLatents = (latents: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.add(tf.div(latents, scale), shift));
  return {
    encode: (images) => tf.tidy(() => toLatents(soleOutput(encoder.run({ x: images })))),
    async encodeAsync(images) {
      const outputs = await encoder.runAsync({ x: images });
      try {
        return toLatents(soleOutput(outputs));
      } finally {
        tf.dispose(Object.values(outputs));
      }
    },
    decode: (latents) => tf.tidy(() => soleOutput(decoder.run({ x: fromLatents(latents) }))),
    async decodeAsync(latents) {
      const x = fromLatents(latents);
      try {
        return soleOutput(await decoder.runAsync({ x }));
      } finally {
        x.dispose();
      }
    },
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
};
