import type { Autoencoder } from './autoencoder.ts';
import * as config from './autoencoderConfig.ts';
import * as fields from './configFields.ts';
import { badConfig, type Json, unsupportedConfig } from './configFields.ts';
import { type Levels, tinyDecoder, tinyEncoder } from './tinyLayers.ts';

/**
 * `force_upcast` is about half precision; `latent_magnitude` and `latent_shift` about latents that are stored as bytes;
 * `block_out_channels` is a copy of the decoder's that diffusers writes for itself.
 */
const KEYS = `in_channels out_channels encoder_block_out_channels decoder_block_out_channels block_out_channels act_fn
  upsample_fn latent_channels upsampling_scaling_factor num_encoder_blocks num_decoder_blocks latent_magnitude
  latent_shift force_upcast scaling_factor shift_factor`;

/**
 * The `AutoencoderTiny` of diffusers, known as TAESD: residual convolutions without norm or attention, so that an image
 * depends on the latents near by only.
 *
 * @throws CheckpointError `bad-config`, `unsupported-config`.
 */
export const autoencoderTiny = (json: Json): Autoencoder => {
  config.refuseUnknownKeys(json, 'an AutoencoderTiny', KEYS);
  refuseOtherUpsampling(json);
  const parts = {
    imageChannels: config.imageChannelsField(json),
    latentChannels: fields.countField(json, 'latent_channels', 4),
    activation: fields.activationField(json, 'relu'),
  };
  const [down, up] = [levels(json, 'encoder', [1, 3, 3, 3]), levels(json, 'decoder', [3, 3, 3, 1])];
  if (up.blocks.length !== down.blocks.length) {
    throw badConfig('num_decoder_blocks', up.blocks, `as long as num_encoder_blocks (${down.blocks.length})`);
  }
  return {
    encoder: tinyEncoder(parts, down),
    decoder: tinyDecoder(parts, up),
    imageChannels: parts.imageChannels,
    latentChannels: parts.latentChannels,
    factor: 2 ** (down.blocks.length - 1),
    scale: config.scaleField(json, 1),
    shift: config.shiftField(json),
    sampleSize: null,
  };
};

const levels = (json: Json, half: 'encoder' | 'decoder', usual: readonly number[]): Levels => {
  const blocks = fields.countsField(json, `num_${half}_blocks`, usual);
  const key = `${half}_block_out_channels`;
  const channels = fields.countsField(json, key, [64, 64, 64, 64]);
  const [first = 0] = channels;
  if (channels.length === blocks.length && channels.every((count) => count === first)) {
    return { channels: first, blocks };
  }
  throw badConfig(key, channels, `the same number as often as num_${half}_blocks has levels (${blocks.length})`);
};

const refuseOtherUpsampling = (json: Json): void => {
  fields.choiceField(json, 'upsample_fn', { nearest: true }, 'nearest');
  const factor = fields.countField(json, 'upsampling_scaling_factor', 2);
  if (factor !== 2) throw unsupportedConfig('upsampling_scaling_factor', factor, 'use 2');
};
