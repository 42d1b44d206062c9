import * as fields from './configFields.ts';
import { type Json, meaningOf, unsupportedConfig } from './configFields.ts';
import type { ResnetStyle } from './resnet.ts';
import type { Attention, Middle, Resampling, Stage, TimeEmbedding, UNetConfig } from './unetConfig.ts';
import * as parts from './unetConfigParts.ts';
import { refuseForeignKeys } from './unetKeys.ts';

/** What a `UNet2DModel` computes. */
export type UNet2DConfig = UNetConfig;

/** Height and width must be divisible by this: each stage but the last halves them, and the way up doubles them. */
export const sizeMultiple = ({ down }: UNetConfig): number => 2 ** (down.length - 1);

const KEYS = `sample_size in_channels out_channels center_input_sample time_embedding_type time_embedding_dim freq_shift
  flip_sin_to_cos down_block_types mid_block_type up_block_types block_out_channels layers_per_block
  mid_block_scale_factor downsample_padding downsample_type upsample_type dropout act_fn attention_head_dim
  norm_num_groups attn_norm_num_groups norm_eps resnet_time_scale_shift add_attention class_embed_type
  num_class_embeds num_train_timesteps`.split(/\s+/);

const RESAMPLING: Record<string, Resampling> = { conv: 'conv', resnet: 'resnet' };

/**
 * Reads the `config.json` of a diffusers `UNet2DModel`; absent keys have the defaults of its constructor.
 *
 * @throws CheckpointError `bad-config` for a value of the wrong kind; `unsupported-config` for what diffusers may know
 * and this package does not compute, unknown keys among it. The message names the key.
 */
export const parseUNet2DConfig = (json: Json): UNet2DConfig => {
  refuseForeignKeys(json, { className: 'UNet2DModel', keys: KEYS });
  const channels = parts.channelCounts(json, [224, 448, 672, 896]);
  const [finest = 0] = channels;
  const style = parts.resnetStyle(json, finest);
  return refuseUnevenSize({
    ...style,
    sampleSize: parts.sampleSize(json),
    inChannels: fields.countField(json, 'in_channels', 3),
    outChannels: fields.countField(json, 'out_channels', 3),
    centerInput: fields.flagField(json, 'center_input_sample', false),
    timeEmbedding: timeEmbedding(json, finest),
    classEmbedding: parts.classEmbedding(json),
    down: stages(json, 'down', { channels, style }),
    middle: middle(json, style),
    up: stages(json, 'up', { channels: channels.toReversed(), style }),
    downsamplePadding: parts.downsamplePadding(json),
  });
};

const refuseUnevenSize = (config: UNet2DConfig): UNet2DConfig => {
  const multiple = sizeMultiple(config);
  if (!config.sampleSize?.some((size) => size % multiple !== 0)) return config;
  throw unsupportedConfig('sample_size', config.sampleSize, `height and width must be divisible by ${multiple}`);
};

const attention = (json: Json, groups: number | null): Attention => ({
  kind: 'self',
  headDim: fields.optionalCountField(json, 'attention_head_dim', 8),
  groups,
});

type Common = { readonly channels: readonly number[]; readonly style: ResnetStyle };

const stages = (json: Json, way: 'down' | 'up', { channels, style }: Common): readonly Stage[] => {
  const name = way === 'down' ? 'Down' : 'Up';
  const [plain, attended] = [`${name}Block2D`, `Attn${name}Block2D`];
  const count = fields.countField(json, 'layers_per_block', 2) + (way === 'up' ? 1 : 0);
  const layers = (each: Attention | null) => new Array<Attention | null>(count).fill(each);
  const own = attention(json, style.normGroups);
  const resampleKey = `${way}sample_type`;
  const resample = meaningOf(RESAMPLING, resampleKey, json[resampleKey] ?? 'conv');
  const kinds: parts.BlockKinds = {
    [plain]: () => ({ layers: layers(null), resample: 'conv' }),
    [attended]: () => ({ layers: layers(own), resample }),
    [`Resnet${name}sampleBlock2D`]: () => ({ layers: layers(null), resample: 'resnet' }),
  };
  const fallback = [plain, attended, attended, attended];
  const ordered = way === 'down' ? fallback : fallback.toReversed();
  return parts.stages(json, `${way}_block_types`, { channels, kinds, fallback: ordered });
};

const middle = (json: Json, { timeConditioning, normGroups }: ResnetStyle): Middle | null => {
  if (fields.field(json, 'mid_block_type', undefined) === null) return null;
  fields.choiceField(json, 'mid_block_type', { UNetMidBlock2D: true }, 'UNetMidBlock2D');
  const groups = fields.optionalCountField(json, 'attn_norm_num_groups');
  const own = attention(json, groups ?? (timeConditioning === 'add' ? normGroups : null));
  const isAttending = fields.flagField(json, 'add_attention', true);
  return { layers: [isAttending ? own : null], scaleFactor: parts.middleScaleFactor(json) };
};

const timeEmbedding = (json: Json, firstChannels: number): TimeEmbedding => {
  const kinds = { positional: 'positional', learned: 'learned' } as const;
  const kind = fields.choiceField(json, 'time_embedding_type', kinds, 'positional');
  if (kind === 'positional') return parts.sinusoidalEmbedding(json, firstChannels);
  return { kind, rows: fields.countField(json, 'num_train_timesteps') };
};
