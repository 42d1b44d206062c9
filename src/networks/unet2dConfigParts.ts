import { isCount } from '../errors.ts';
import * as fields from './configFields.ts';
import { badConfig, type Json, meaningOf, unsupportedConfig } from './configFields.ts';

/** One resolution. */
export type Stage = {
  readonly channels: number;
  readonly attention: boolean;
  /** How the stage reaches the next resolution; null at the end of the way. */
  readonly resample: Resampling | null;
};

/** A convolution, or a residual block around a resampling without weights. */
export type Resampling = 'conv' | 'resnet';

export type Middle = {
  readonly attention: boolean;
  /** Groups of the norm before the attention; null leaves that norm out. */
  readonly attentionGroups: number | null;
  /** What every residual sum is divided by. */
  readonly scaleFactor: number;
};

/** How the embedding enters a residual block: added, or as a scale and a shift after the second norm. */
export type TimeConditioning = 'add' | 'scale-shift';

/** Sines and cosines of the timestep, or a row of a learned table per timestep. */
export type TimeEmbedding =
  | { readonly kind: 'positional'; readonly order: 'sin-cos' | 'cos-sin'; readonly frequencyShift: number }
  | { readonly kind: 'learned'; readonly rows: number };

/** A row of a learned table per label, or the label embedded as a timestep is. */
export type ClassEmbedding = { readonly kind: 'table'; readonly rows: number } | { readonly kind: 'timestep' };

const RESAMPLING: Record<string, Resampling> = { conv: 'conv', resnet: 'resnet' };
const CONDITIONING: Record<string, TimeConditioning> = { default: 'add', scale_shift: 'scale-shift' };

export const sampleSize = (json: Json): readonly [number, number] | null => {
  const value = fields.field(json, 'sample_size', null);
  if (value === null) return null;
  const [height, width, ...rest]: unknown[] = Array.isArray(value) ? value : [value, value];
  if (isCount(height) && isCount(width) && rest.length === 0) return [height, width];
  throw badConfig('sample_size', value, 'a whole number of at least 1, or [height, width]');
};

export const channelCounts = (json: Json): readonly number[] => {
  const value = fields.field(json, 'block_out_channels', [224, 448, 672, 896]);
  if (Array.isArray(value) && value.length > 0 && value.every((count) => isCount(count))) return value;
  throw badConfig('block_out_channels', value, 'a list of whole numbers of at least 1');
};

export const stages = (json: Json, way: 'down' | 'up', channels: readonly number[]): readonly Stage[] => {
  const key = `${way}_block_types`;
  const name = way === 'down' ? 'Down' : 'Up';
  const attention = `Attn${name}Block2D`;
  const plain = `${name}Block2D`;
  const fallback = way === 'down' ? [plain, attention, attention, attention] : [attention, attention, attention, plain];
  const types = fields.textsField(json, key, fallback);
  if (types.length !== channels.length)
    throw badConfig(key, types, `as long as block_out_channels (${channels.length})`);
  const resampleKey = `${way}sample_type`;
  const kinds: Record<string, Omit<Stage, 'channels'>> = {
    [plain]: { attention: false, resample: 'conv' },
    [attention]: { attention: true, resample: meaningOf(RESAMPLING, resampleKey, json[resampleKey] ?? 'conv') },
    [`Resnet${name}sampleBlock2D`]: { attention: false, resample: 'resnet' },
  };
  return types.map((type, i) => {
    const kind = meaningOf(kinds, key, type.replace(/^UNetRes/, ''));
    return { ...kind, channels: channels[i] ?? 0, resample: i < types.length - 1 ? kind.resample : null };
  });
};

export const timeConditioning = (json: Json): TimeConditioning =>
  fields.choiceField(json, 'resnet_time_scale_shift', CONDITIONING, 'default');

export const middle = (json: Json): Middle | null => {
  if (fields.field(json, 'mid_block_type', undefined) === null) return null;
  fields.choiceField(json, 'mid_block_type', { UNetMidBlock2D: true }, 'UNetMidBlock2D');
  const scaleFactor = fields.numberField(json, 'mid_block_scale_factor', 1);
  if (scaleFactor === 0) throw badConfig('mid_block_scale_factor', 0, 'other than 0');
  const conditioning = timeConditioning(json);
  const groups = conditioning === 'add' ? fields.countField(json, 'norm_num_groups', 32) : null;
  return {
    attention: fields.flagField(json, 'add_attention', true),
    attentionGroups: fields.optionalCountField(json, 'attn_norm_num_groups') ?? groups,
    scaleFactor,
  };
};

export const timeEmbedding = (json: Json, firstChannels: number): TimeEmbedding => {
  const kinds = { positional: 'positional', learned: 'learned' } as const;
  const kind = fields.choiceField(json, 'time_embedding_type', kinds, 'positional');
  if (kind === 'learned') return { kind, rows: fields.countField(json, 'num_train_timesteps') };
  const frequencyShift = fields.numberField(json, 'freq_shift', 0);
  const half = firstChannels / 2;
  if (!Number.isInteger(half)) {
    throw unsupportedConfig(
      'block_out_channels',
      firstChannels,
      'the first must be even, for as many sines as cosines',
    );
  }
  if (half <= frequencyShift)
    throw badConfig('freq_shift', frequencyShift, `below ${half}, half of the first channels`);
  return { kind, frequencyShift, order: fields.flagField(json, 'flip_sin_to_cos', true) ? 'cos-sin' : 'sin-cos' };
};

export const classEmbedding = (json: Json): ClassEmbedding | null => {
  const type = fields.field(json, 'class_embed_type', null);
  if (type !== null) return meaningOf({ timestep: { kind: 'timestep' } } as const, 'class_embed_type', type);
  const rows = fields.optionalCountField(json, 'num_class_embeds');
  return rows === null ? null : { kind: 'table', rows };
};
