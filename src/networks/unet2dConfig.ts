import * as fields from './configFields.ts';
import { badConfig, type Json, meaningOf, unsupportedConfig } from './configFields.ts';
import type { Activation } from './ops.ts';
import {
  type ClassEmbedding,
  channelCounts,
  classEmbedding,
  type Middle,
  middle,
  type Stage,
  sampleSize,
  stages,
  type TimeConditioning,
  type TimeEmbedding,
  timeConditioning,
  timeEmbedding,
} from './unet2dConfigParts.ts';
import { refuseForeignKeys } from './unet2dKeys.ts';

/** What a `UNet2DModel` computes: its `config.json` with defaults filled in and names resolved. */
export type UNet2DConfig = {
  /** Height and width that the network was made for; others run as well. Null where the config leaves it open. */
  readonly sampleSize: readonly [height: number, width: number] | null;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Whether the input is in [0, 1] and the network itself brings it to [-1, 1]. */
  readonly centerInput: boolean;
  readonly timeEmbedding: TimeEmbedding;
  /** Length of the vector that tells every residual block the noise level and the class. */
  readonly embeddingSize: number;
  /** Null where the network takes no labels. */
  readonly classEmbedding: ClassEmbedding | null;
  /** From the finest to the coarsest. */
  readonly down: readonly Stage[];
  /** Null where the coarsest stages follow each other directly. */
  readonly middle: Middle | null;
  /** From the coarsest to the finest. */
  readonly up: readonly Stage[];
  /** Residual blocks of a stage on the way down; the way up has one more. */
  readonly layersPerBlock: number;
  /** 1 pads every side of a strided convolution, 0 only the bottom and the right. */
  readonly downsamplePadding: 0 | 1;
  /** Channels of an attention head; null makes one head of all channels. */
  readonly headDim: number | null;
  readonly activation: Activation;
  readonly normGroups: number;
  readonly normEpsilon: number;
  readonly timeConditioning: TimeConditioning;
};

/** Height and width must be divisible by this: each stage but the last halves them, and the way up doubles them. */
export const sizeMultiple = (config: UNet2DConfig): number => 2 ** (config.down.length - 1);

const ACTIVATIONS: Record<string, Activation> = {
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  gelu: 'gelu',
  relu: 'relu',
};

const activation = (json: Json): Activation => {
  const value = fields.field(json, 'act_fn', 'silu');
  return meaningOf(ACTIVATIONS, 'act_fn', typeof value === 'string' ? value.toLowerCase() : value);
};

const refuseUnevenSize = (config: UNet2DConfig): UNet2DConfig => {
  const multiple = sizeMultiple(config);
  if (!config.sampleSize?.some((size) => size % multiple !== 0)) return config;
  throw unsupportedConfig('sample_size', config.sampleSize, `height and width must be divisible by ${multiple}`);
};

/**
 * Reads the `config.json` of a diffusers `UNet2DModel`; absent keys have the defaults of its constructor.
 *
 * @throws CheckpointError `bad-config` for a value of the wrong kind; `unsupported-config` for what diffusers may know
 * and this package does not compute, unknown keys among it. The message names the key.
 */
export const parseUNet2DConfig = (json: Json): UNet2DConfig => {
  refuseForeignKeys(json);
  const channels = channelCounts(json);
  const normEpsilon = fields.numberField(json, 'norm_eps', 1e-5);
  if (normEpsilon <= 0) throw badConfig('norm_eps', normEpsilon, 'above 0');
  const padding = fields.numberField(json, 'downsample_padding', 1);
  if (padding !== 0 && padding !== 1) throw unsupportedConfig('downsample_padding', padding, 'use 0 or 1');
  return refuseUnevenSize({
    sampleSize: sampleSize(json),
    inChannels: fields.countField(json, 'in_channels', 3),
    outChannels: fields.countField(json, 'out_channels', 3),
    centerInput: fields.flagField(json, 'center_input_sample', false),
    timeEmbedding: timeEmbedding(json, channels[0] ?? 0),
    embeddingSize: fields.optionalCountField(json, 'time_embedding_dim') ?? (channels[0] ?? 0) * 4,
    classEmbedding: classEmbedding(json),
    down: stages(json, 'down', channels),
    middle: middle(json),
    up: stages(json, 'up', channels.toReversed()),
    layersPerBlock: fields.countField(json, 'layers_per_block', 2),
    downsamplePadding: padding,
    headDim: fields.optionalCountField(json, 'attention_head_dim', 8),
    activation: activation(json),
    normGroups: fields.countField(json, 'norm_num_groups', 32),
    normEpsilon,
    timeConditioning: timeConditioning(json),
  });
};
