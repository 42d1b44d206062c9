/** A small network, and configs that each change something of it. */
export const plain = {
  sample_size: 8,
  block_out_channels: [8, 16],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};

export const VARIANTS: Readonly<Record<string, object>> = {
  'the plain one': {},
  'scale and shift': { resnet_time_scale_shift: 'scale_shift' },
  'resnet blocks': {
    down_block_types: ['ResnetDownsampleBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'ResnetUpsampleBlock2D'],
  },
  'resampling by resnets': {
    down_block_types: ['AttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
    downsample_type: 'resnet',
    upsample_type: 'resnet',
  },
  'no attention in the middle': { add_attention: false },
  'no middle': { mid_block_type: null },
  'one head': { attention_head_dim: null },
  'heads that do not divide the channels': { attention_head_dim: 5 },
  'not square': { sample_size: [6, 10] },
  'odd in size at the coarsest': { sample_size: 14 },
  '2 channels in, 6 out': { in_channels: 2, out_channels: 6 },
  'a table of labels': { num_class_embeds: 5 },
  'labels as timesteps': { class_embed_type: 'timestep' },
  'padding at the end only': { downsample_padding: 0 },
  'three layers': { layers_per_block: 3 },
  'one stage, of odd size': {
    sample_size: 5,
    block_out_channels: [8],
    down_block_types: ['AttnDownBlock2D'],
    up_block_types: ['AttnUpBlock2D'],
  },
  'no size of its own': { sample_size: null },
};
