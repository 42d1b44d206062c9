import type { Architecture } from './architecture.ts';
import { matchWeights } from './matchWeights.ts';
import { parameterShapes } from './parameterShapes.ts';

/**
 * The way between images and the smaller maps in which latent diffusion takes place. Both halves are networks of their
 * own, from the input `x` to the output `output`; their parameters are disjoint.
 *
 * @see Rombach et al. 2022, arXiv:2112.10752, section 3.1.
 */
export type Autoencoder = {
  /** Images in [-1, 1] become the most probable raw latents, whatever else it gives beside them. */
  readonly encoder: Architecture;
  /** Raw latents become images about [-1, 1], not clipped. */
  readonly decoder: Architecture;
  readonly imageChannels: number;
  readonly latentChannels: number;
  /** Pixels along one side of a latent pixel. */
  readonly factor: number;
  /** Diffusion sees `(raw - shift) * scale`, so that its numbers have about unit variance. */
  readonly scale: number;
  readonly shift: number;
  /** Height and width in pixels that the network was made for; null where the config leaves them open. */
  readonly sampleSize: readonly [height: number, width: number] | null;
};

/**
 * Divides a checkpoint between both halves, which must use it up together.
 *
 * @throws CheckpointError `missing-tensor`, `bad-tensor-shape`, `unexpected-tensor`, `bad-config`.
 */
export const autoencoderWeights = <W extends { readonly shape: readonly number[] }>(
  { encoder, decoder }: Autoencoder,
  weights: ReadonlyMap<string, W>,
): { readonly encoder: ReadonlyMap<string, W>; readonly decoder: ReadonlyMap<string, W> } => {
  const [ofEncoder, ofDecoder] = [parameterShapes(encoder), parameterShapes(decoder)];
  const matched = [...matchWeights(new Map([...ofEncoder, ...ofDecoder]), weights)];
  return {
    encoder: new Map(matched.filter(([name]) => ofEncoder.has(name))),
    decoder: new Map(matched.filter(([name]) => ofDecoder.has(name))),
  };
};
