import * as fields from './configFields.ts';
import { type Json, unsupportedConfig } from './configFields.ts';
import { refuseConditionKeys } from './unet2dConditionKeys.ts';
import { stageLists } from './unet2dConditionLists.ts';
import { middle, stages } from './unet2dConditionStages.ts';
import type { UNetConfig } from './unetConfig.ts';
import * as parts from './unetConfigParts.ts';

/** What a `UNet2DConditionModel` computes. */
export type UNet2DConditionConfig = UNetConfig & {
  /** Sides of the first and the last convolution. */
  readonly kernels: { readonly first: number; readonly last: number };
  /** How many sines and cosines the strength of guidance becomes; null where the network does not ask for it. */
  readonly guidanceSize: number | null;
};

/**
 * Reads the `config.json` of a diffusers `UNet2DConditionModel`, of any age; absent keys have the defaults of its
 * constructor.
 *
 * @throws CheckpointError `bad-config` for a value of the wrong kind; `unsupported-config` for what diffusers may know
 * and this package does not compute, unknown keys among it. The message names the key.
 */
export const parseUNet2DConditionConfig = (json: Json): UNet2DConditionConfig => {
  refuseConditionKeys(json);
  const channels = parts.channelCounts(json, [320, 640, 1280, 1280]);
  const [finest = 0] = channels;
  const style = parts.resnetStyle(json, finest);
  const common = { channels, lists: stageLists(json, channels.length), normGroups: style.normGroups };
  fields.choiceField(json, 'time_embedding_type', { positional: true }, 'positional');
  return {
    ...style,
    sampleSize: parts.sampleSize(json),
    inChannels: fields.countField(json, 'in_channels', 4),
    outChannels: fields.countField(json, 'out_channels', 4),
    centerInput: fields.flagField(json, 'center_input_sample', false),
    timeEmbedding: parts.sinusoidalEmbedding(json, finest),
    classEmbedding: parts.classEmbedding(json),
    down: stages(json, 'down', common),
    middle: middle(json, common),
    up: stages(json, 'up', common),
    downsamplePadding: parts.downsamplePadding(json),
    kernels: { first: kernel(json, 'conv_in_kernel'), last: kernel(json, 'conv_out_kernel') },
    guidanceSize: guidanceSize(json),
  };
};

const kernel = (json: Json, key: string): number => {
  const size = fields.countField(json, key, 3);
  if (size % 2 === 0) throw unsupportedConfig(key, size, 'an even size would change that of the image; use an odd one');
  return size;
};

const guidanceSize = (json: Json): number | null => {
  const size = fields.optionalCountField(json, 'time_cond_proj_dim');
  if (size === null || (size % 2 === 0 && size > 2)) return size;
  throw unsupportedConfig('time_cond_proj_dim', size, 'it must be even, for as many sines as cosines, and at least 4');
};
