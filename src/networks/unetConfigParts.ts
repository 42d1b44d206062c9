import { isCount } from '../errors.ts';
import * as fields from './configFields.ts';
import { badConfig, type Json, meaningOf, unsupportedConfig } from './configFields.ts';
import type { ResnetStyle, TimeConditioning } from './resnet.ts';
import type { ClassEmbedding, Stage, TimeEmbedding } from './unetConfig.ts';

const CONDITIONING: Record<string, TimeConditioning> = { default: 'add', scale_shift: 'scale-shift' };

export const sampleSize = (json: Json): readonly [number, number] | null => {
  const value = fields.field(json, 'sample_size', null);
  if (value === null) return null;
  const [height, width, ...rest]: unknown[] = Array.isArray(value) ? value : [value, value];
  if (isCount(height) && isCount(width) && rest.length === 0) return [height, width];
  throw badConfig('sample_size', value, 'a whole number of at least 1, or [height, width]');
};

export const channelCounts = (json: Json, fallback: readonly number[]): readonly number[] =>
  fields.countsField(json, 'block_out_channels', fallback);

export const downsamplePadding = (json: Json): 0 | 1 => {
  const padding = fields.numberField(json, 'downsample_padding', 1);
  if (padding !== 0 && padding !== 1) throw unsupportedConfig('downsample_padding', padding, 'use 0 or 1');
  return padding;
};

export const resnetStyle = (json: Json, firstChannels: number): ResnetStyle => {
  const normEpsilon = fields.numberField(json, 'norm_eps', 1e-5);
  if (normEpsilon <= 0) throw badConfig('norm_eps', normEpsilon, 'above 0');
  return {
    activation: fields.activationField(json, 'silu'),
    normGroups: fields.countField(json, 'norm_num_groups', 32),
    normEpsilon,
    embeddingSize: fields.optionalCountField(json, 'time_embedding_dim') ?? firstChannels * 4,
    timeConditioning: fields.choiceField(json, 'resnet_time_scale_shift', CONDITIONING, 'default'),
  };
};

/** What a type of block says of the stage at its place; read only for the types that are used. */
export type BlockKinds = Readonly<Record<string, (i: number) => Omit<Stage, 'channels'>>>;

export type StagesOptions = {
  readonly channels: readonly number[];
  readonly kinds: BlockKinds;
  /** The types of an absent key. */
  readonly fallback: readonly string[];
};

/** The stages of one way; the last has nothing to reach. */
export const stages = (json: Json, key: string, { channels, kinds, fallback }: StagesOptions): readonly Stage[] => {
  const types = fields.textsField(json, key, fallback);
  if (types.length !== channels.length)
    throw badConfig(key, types, `as long as block_out_channels (${channels.length})`);
  return types.map((type, i) => {
    const stage = meaningOf(kinds, key, type.replace(/^UNetRes/, ''))(i);
    return { ...stage, channels: channels[i] ?? 0, resample: i < types.length - 1 ? stage.resample : null };
  });
};

/** What every residual sum of the middle is divided by. */
export const middleScaleFactor = (json: Json): number => {
  const scaleFactor = fields.numberField(json, 'mid_block_scale_factor', 1);
  if (scaleFactor === 0) throw badConfig('mid_block_scale_factor', 0, 'other than 0');
  return scaleFactor;
};

export const sinusoidalEmbedding = (json: Json, firstChannels: number): TimeEmbedding => {
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
  const order = fields.flagField(json, 'flip_sin_to_cos', true) ? 'cos-sin' : 'sin-cos';
  return { kind: 'positional', frequencyShift, order };
};

export const classEmbedding = (json: Json): ClassEmbedding | null => {
  const type = fields.field(json, 'class_embed_type', null);
  if (type !== null) return meaningOf({ timestep: { kind: 'timestep' } } as const, 'class_embed_type', type);
  const rows = fields.optionalCountField(json, 'num_class_embeds');
  return rows === null ? null : { kind: 'table', rows };
};
