/** What the sizes of a preset have in common: see `PRESETS`. */
type Preset = {
  /** Of the denoiser. */
  readonly config: Readonly<Record<string, unknown>>;
  /** For a model that walks in latents, which `config` is then for. */
  readonly autoencoder?: Readonly<Record<string, unknown>>;
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

const LATENT_CHANNELS = 4;

/**
 * Colour images become latents of 16 x 16, on which a small network sees far.
 *
 * @param blocks residual blocks of the encoder's levels; there is one halving between two levels.
 */
const latentPreset = (blocks: readonly number[], batchSize: number): Preset => ({
  ...preset(16, LATENT_CHANNELS, [64, 128, 128], {
    layers_per_block: 1,
    down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'AttnDownBlock2D'],
    up_block_types: ['AttnUpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
  }),
  autoencoder: {
    _class_name: 'AutoencoderTiny',
    in_channels: 3,
    out_channels: 3,
    latent_channels: LATENT_CHANNELS,
    encoder_block_out_channels: blocks.map(() => AUTOENCODER_CHANNELS),
    decoder_block_out_channels: blocks.map(() => AUTOENCODER_CHANNELS),
    num_encoder_blocks: blocks,
    num_decoder_blocks: blocks.toReversed(),
    act_fn: 'relu',
    upsampling_scaling_factor: 2,
  },
  batchSize,
});

const AUTOENCODER_CHANNELS = 32;

/**
 * Networks to begin with, by the size and colours of the images. They learn without classes; add
 * `num_class_embeds: classes + 1` to a config for a conditional one, the last label being the null label.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  '28-grey': preset(28, 1, [32, 64, 64], { layers_per_block: 1 }),
  '32-colour': preset(32, 3, [64, 128, 128], { layers_per_block: 2 }),
  '64-colour': preset(64, 3, [64, 128, 128, 192], { layers_per_block: 1 }),
  '32-colour-latent': latentPreset([1, 2], 32),
  '64-colour-latent': latentPreset([1, 2, 3], 16),
};
