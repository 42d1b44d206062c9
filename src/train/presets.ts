/** What the sizes of a preset have in common: see `PRESETS`. */
type Preset = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
};

const preset = (
  size: number,
  channels: number,
  blocks: readonly number[],
  more: Readonly<Record<string, unknown>>,
): Preset => ({
  config: {
    _class_name: 'UNet2DModel',
    sample_size: size,
    in_channels: channels,
    out_channels: channels,
    block_out_channels: blocks,
    down_block_types: blocks.map((_, n) => (n === blocks.length - 1 ? 'AttnDownBlock2D' : 'DownBlock2D')),
    up_block_types: blocks.map((_, n) => (n === 0 ? 'AttnUpBlock2D' : 'UpBlock2D')),
    attention_head_dim: 32,
    norm_num_groups: 8,
    ...more,
  },
  batchSize: size > 32 ? 16 : 64,
});

/**
 * Networks to begin with, by the size and colours of the images. They learn without classes; add
 * `num_class_embeds: classes + 1` to a config for a conditional one, the last label being the null label.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  '28-grey': preset(28, 1, [32, 64, 64], { layers_per_block: 1 }),
  '32-colour': preset(32, 3, [64, 128, 128], { layers_per_block: 2 }),
  '64-colour': preset(64, 3, [64, 128, 128, 192], { layers_per_block: 1 }),
};
