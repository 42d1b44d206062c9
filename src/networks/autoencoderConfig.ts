import * as fields from './configFields.ts';
import { badConfig, type Json, meaningOf, unsupportedConfig } from './configFields.ts';
import type { Activation } from './ops.ts';

/** What the halves of AutoencoderKL and of VQModel are made of. */
export type Trunk = {
  /** From the finest to the coarsest. */
  readonly down: readonly Level[];
  /** From the coarsest to the finest. */
  readonly up: readonly Level[];
  /** Residual blocks of a level on the way down; the way up has one more. */
  readonly layersPerBlock: number;
  /** Whether the positions of the coarsest level see each other. */
  readonly middleAttention: boolean;
  readonly activation: Activation;
  readonly normGroups: number;
};

/** One resolution; with attention, each of its residual blocks is followed by one. */
export type Level = { readonly channels: number; readonly attention: boolean };

const DOWN = { DownEncoderBlock2D: false, AttnDownEncoderBlock2D: true };
const UP = { UpDecoderBlock2D: false, AttnUpDecoderBlock2D: true };

export const TRUNK_KEYS = `down_block_types up_block_types block_out_channels layers_per_block act_fn norm_num_groups
  mid_block_add_attention` as const;

/** @throws CheckpointError `bad-config`, `unsupported-config`. */
export const parseTrunk = (json: Json): Trunk => {
  const channels = fields.countsField(json, 'block_out_channels', [64]);
  return {
    down: levels(json, 'down_block_types', DOWN, channels),
    up: levels(json, 'up_block_types', UP, channels.toReversed()),
    layersPerBlock: fields.countField(json, 'layers_per_block', 1),
    middleAttention: fields.flagField(json, 'mid_block_add_attention', true),
    activation: fields.activationField(json, 'silu'),
    normGroups: fields.countField(json, 'norm_num_groups', 32),
  };
};

const levels = (
  json: Json,
  key: string,
  kinds: Readonly<Record<string, boolean>>,
  channels: readonly number[],
): readonly Level[] => {
  const types = fields.textsField(json, key, Object.keys(kinds).slice(0, 1));
  if (types.length !== channels.length) {
    throw badConfig(key, types, `as long as block_out_channels (${channels.length})`);
  }
  return types.map((type, i) => ({ channels: channels[i] ?? 0, attention: meaningOf(kinds, key, type) }));
};

/** Channels of the images, which come out as they went in. @throws CheckpointError `bad-config`, `unsupported-config`. */
export const imageChannelsField = (json: Json): number => {
  const channels = fields.countField(json, 'in_channels', 3);
  const out = fields.countField(json, 'out_channels', 3);
  if (out === channels) return channels;
  throw unsupportedConfig(
    'out_channels',
    out,
    `images must come out with as many channels as they go in (${channels})`,
  );
};

/** A factor, which must not be 0. @throws CheckpointError `bad-config`. */
export const scaleField = (json: Json, fallback: number): number => {
  const scale = fields.numberField(json, 'scaling_factor', fallback);
  if (scale === 0) throw badConfig('scaling_factor', 0, 'other than 0');
  return scale;
};

/** What is taken from raw latents; 0 where the config says nothing. @throws CheckpointError `bad-config`. */
export const shiftField = (json: Json): number =>
  json['shift_factor'] === null ? 0 : fields.numberField(json, 'shift_factor', 0);

/**
 * Refuses keys that a class does not have; diffusers would pass over them.
 *
 * @throws CheckpointError `unsupported-config`.
 */
export const refuseUnknownKeys = (json: Json, className: string, known: string): void => {
  const keys = known.split(/\s+/);
  for (const [key, value] of Object.entries(json)) {
    const silent = key.startsWith('_') || value === null || value === false; // an option that is not in use
    if (silent || keys.includes(key)) continue;
    const remedy = `${className} has no such option; remove it if it does not change the network`;
    throw unsupportedConfig(key, value, remedy);
  }
};
