import { type Architecture, namedValue } from './architecture.ts';
import type { Autoencoder } from './autoencoder.ts';
import { sequence } from './autoencoderBlocks.ts';
import * as config from './autoencoderConfig.ts';
import { parseTrunk, TRUNK_KEYS, type Trunk } from './autoencoderConfig.ts';
import { decoderTrunk, encoderTrunk } from './autoencoderTrunk.ts';
import type { Json } from './configFields.ts';
import * as fields from './configFields.ts';
import { conv, within } from './scope.ts';
import { sampleSize } from './unetConfigParts.ts';

/** `force_upcast` is about half precision; `lookup_from_codebook` about latents that are indices already. */
const KEYS = `${TRUNK_KEYS} in_channels out_channels latent_channels sample_size scaling_factor num_vq_embeddings
  vq_embed_dim norm_type force_upcast lookup_from_codebook`;

/**
 * The `VQModel` of diffusers. Latents are what was encoded, of any value: only the decoder puts the nearest code of its
 * table in place of each, so that diffusion has smooth latents.
 *
 * @throws CheckpointError `bad-config`, `unsupported-config`.
 * @see van den Oord et al. 2017, arXiv:1711.00937, section 3.1; Esser et al. 2021, arXiv:2012.09841.
 */
export const vqModel = (json: Json): Autoencoder => {
  config.refuseUnknownKeys(json, 'a VQModel', KEYS);
  fields.choiceField(json, 'norm_type', { group: true }, 'group');
  const trunk = parseTrunk(json);
  const inner = fields.countField(json, 'latent_channels', 3);
  const parts = {
    trunk,
    inner,
    imageChannels: config.imageChannelsField(json),
    latentChannels: fields.optionalCountField(json, 'vq_embed_dim') ?? inner,
    factor: 2 ** (trunk.down.length - 1),
  };
  return {
    encoder: encoder(parts),
    decoder: decoder(parts, fields.countField(json, 'num_vq_embeddings', 256)),
    imageChannels: parts.imageChannels,
    latentChannels: parts.latentChannels,
    factor: parts.factor,
    scale: config.scaleField(json, 0.18215),
    shift: 0,
    sampleSize: sampleSize({ sample_size: 32, ...json }),
  };
};

type Parts = Pick<Autoencoder, 'imageChannels' | 'latentChannels' | 'factor'> & {
  readonly trunk: Trunk;
  /** Channels between the trunks and what makes codes of them. */
  readonly inner: number;
};

const encoder = ({ trunk, inner, imageChannels, latentChannels, factor }: Parts): Architecture => ({
  inputs: { x: { kind: 'map', channels: imageChannels, multiple: factor } },
  outputs: ['output'],
  build: (ops, take) => {
    const scope = { ops, take };
    const encode = encoderTrunk(within(scope, 'encoder'), { from: imageChannels, to: inner }, trunk);
    const both = sequence(ops, [encode, conv(scope, 'quant_conv', { from: inner, to: latentChannels, size: 1 })]);
    return (inputs) => ({ output: both(namedValue(inputs, 'x')) });
  },
});

const decoder = ({ trunk, inner, imageChannels, latentChannels }: Parts, codes: number): Architecture => ({
  inputs: { x: { kind: 'map', channels: latentChannels, multiple: 1 } },
  outputs: ['output'],
  build: (ops, take) => {
    const scope = { ops, take };
    const table = take('quantize.embedding.weight', [codes, latentChannels]);
    const all = sequence(ops, [
      (x) => ops.nearestRow(x, table),
      conv(scope, 'post_quant_conv', { from: latentChannels, to: inner, size: 1 }),
      decoderTrunk(within(scope, 'decoder'), { from: inner, to: imageChannels }, trunk),
    ]);
    return (inputs) => ({ output: all(namedValue(inputs, 'x')) });
  },
});
