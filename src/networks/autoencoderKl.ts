import { type Architecture, namedValue } from './architecture.ts';
import type { Autoencoder } from './autoencoder.ts';
import { sequence } from './autoencoderBlocks.ts';
import * as config from './autoencoderConfig.ts';
import { parseTrunk, TRUNK_KEYS, type Trunk } from './autoencoderConfig.ts';
import { decoderTrunk, encoderTrunk } from './autoencoderTrunk.ts';
import * as fields from './configFields.ts';
import { type Json, unsupportedConfig } from './configFields.ts';
import { conv, type Scope, within } from './scope.ts';
import { sampleSize } from './unetConfigParts.ts';

/** `force_upcast` is about half precision, and here everything is float32. */
const KEYS = `${TRUNK_KEYS} in_channels out_channels latent_channels sample_size scaling_factor shift_factor
  latents_mean latents_std force_upcast use_quant_conv use_post_quant_conv`;

/**
 * The `AutoencoderKL` of diffusers. Its encoder gives `moments` as well: mean and logarithm of the variance of the
 * latents, one after the other, of which `output` is the mean.
 *
 * @throws CheckpointError `bad-config`, `unsupported-config`.
 * @see Kingma and Welling 2014, arXiv:1312.6114, section 3.
 */
export const autoencoderKl = (json: Json): Autoencoder => {
  config.refuseUnknownKeys(json, 'an AutoencoderKL', KEYS);
  refuseLatentStatistics(json);
  const trunk = parseTrunk(json);
  const parts = {
    trunk,
    imageChannels: config.imageChannelsField(json),
    latentChannels: fields.countField(json, 'latent_channels', 4),
    factor: 2 ** (trunk.down.length - 1),
  };
  return {
    encoder: encoder(parts, fields.flagField(json, 'use_quant_conv', true)),
    decoder: decoder(parts, fields.flagField(json, 'use_post_quant_conv', true)),
    imageChannels: parts.imageChannels,
    latentChannels: parts.latentChannels,
    factor: parts.factor,
    scale: config.scaleField(json, 0.18215),
    shift: config.shiftField(json),
    sampleSize: sampleSize({ sample_size: 32, ...json }),
  };
};

type Parts = Pick<Autoencoder, 'imageChannels' | 'latentChannels' | 'factor'> & { readonly trunk: Trunk };

const encoder = ({ trunk, imageChannels, latentChannels, factor }: Parts, isMixed: boolean): Architecture => ({
  inputs: { x: { kind: 'map', channels: imageChannels, multiple: factor } },
  outputs: ['output', 'moments'],
  build: (ops, take) => {
    const scope = { ops, take };
    const encode = encoderTrunk(within(scope, 'encoder'), { from: imageChannels, to: 2 * latentChannels }, trunk);
    const mix = isMixed ? [pointwise(scope, 'quant_conv', 2 * latentChannels)] : [];
    const both = sequence(ops, [encode, ...mix]);
    return (inputs) => {
      const moments = both(namedValue(inputs, 'x'));
      return { output: ops.channels(moments, 0, latentChannels), moments };
    };
  },
});

const decoder = ({ trunk, imageChannels, latentChannels }: Parts, isMixed: boolean): Architecture => ({
  inputs: { x: { kind: 'map', channels: latentChannels, multiple: 1 } },
  outputs: ['output'],
  build: (ops, take) => {
    const scope = { ops, take };
    const mix = isMixed ? [pointwise(scope, 'post_quant_conv', latentChannels)] : [];
    const decode = decoderTrunk(within(scope, 'decoder'), { from: latentChannels, to: imageChannels }, trunk);
    const both = sequence(ops, [...mix, decode]);
    return (inputs) => ({ output: both(namedValue(inputs, 'x')) });
  },
});

const pointwise = <T>(scope: Scope<T>, name: string, channels: number) =>
  conv(scope, name, { from: channels, to: channels, size: 1 });

const refuseLatentStatistics = (json: Json): void => {
  for (const key of ['latents_mean', 'latents_std']) {
    const value = fields.field(json, key, null);
    if (value === null) continue;
    throw unsupportedConfig(key, value, 'use a network whose latents are scaled by one number, scaling_factor');
  }
};
