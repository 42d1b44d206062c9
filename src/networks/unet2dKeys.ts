import { field, type Json, meaningOf, unsupportedConfig } from './configFields.ts';

const KNOWN = new Set(
  `sample_size in_channels out_channels center_input_sample time_embedding_type time_embedding_dim freq_shift
  flip_sin_to_cos down_block_types mid_block_type up_block_types block_out_channels layers_per_block
  mid_block_scale_factor downsample_padding downsample_type upsample_type dropout act_fn attention_head_dim
  norm_num_groups attn_norm_num_groups norm_eps resnet_time_scale_shift add_attention class_embed_type
  num_class_embeds num_train_timesteps`.split(/\s+/),
);

/** Left in the config by the moving average that training scripts save; says nothing about the network. */
const OF_MOVING_AVERAGE = new Set(
  'decay min_decay inv_gamma power optimization_step update_after_step use_ema_warmup'.split(' '),
);

/**
 * Refuses the config of another class, and keys that a `UNet2DModel` does not have; diffusers would pass over them.
 *
 * @throws CheckpointError `unsupported-config`.
 */
export const refuseForeignKeys = (json: Json): void => {
  meaningOf({ UNet2DModel: true }, '_class_name', field(json, '_class_name', 'UNet2DModel'));
  for (const [key, value] of Object.entries(json)) {
    const silent = key.startsWith('_') || value === null || value === false; // an option that is not in use
    if (silent || KNOWN.has(key) || OF_MOVING_AVERAGE.has(key)) continue;
    throw unsupportedConfig(
      key,
      value,
      'a UNet2DModel has no such option; remove it if it does not change the network',
    );
  }
};
