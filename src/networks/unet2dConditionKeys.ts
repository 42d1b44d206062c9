import { type Json, unsupportedConfig } from './configFields.ts';
import { refuseForeignKeys } from './unetKeys.ts';

const KEYS = `sample_size in_channels out_channels center_input_sample time_embedding_type time_embedding_dim freq_shift
  flip_sin_to_cos down_block_types mid_block_type up_block_types block_out_channels layers_per_block
  mid_block_scale_factor downsample_padding act_fn attention_head_dim norm_num_groups norm_eps resnet_time_scale_shift
  class_embed_type num_class_embeds cross_attention_dim only_cross_attention transformer_layers_per_block
  reverse_transformer_layers_per_block use_linear_projection time_cond_proj_dim conv_in_kernel
  conv_out_kernel`.split(/\s+/);

/** Change nothing in what is computed here, whatever they say. */
const HARMLESS = [
  'dropout', // acts in training alone
  'upcast_attention', // everything is float32 already
  'mid_block_only_cross_attention', // of a middle block that is refused
  'addition_embed_type_num_heads', // these three of embeddings that are refused
  'addition_time_embed_dim',
  'projection_class_embeddings_input_dim',
];

/** Options that are not computed here, and the one value beside null and false at which they change nothing. */
const AT_REST: Readonly<Record<string, unknown>> = {
  addition_embed_type: null,
  attention_type: 'default',
  class_embeddings_concat: false,
  cross_attention_norm: null,
  dual_cross_attention: false,
  encoder_hid_dim: null,
  encoder_hid_dim_type: null,
  num_attention_heads: null, // diffusers itself refuses it: there attention_head_dim says how many heads
  resnet_out_scale_factor: 1,
  resnet_skip_time_act: false,
  time_embedding_act_fn: null,
  timestep_post_act: null,
};

/**
 * Refuses the config of another class, options that are not computed here, and keys that a `UNet2DConditionModel` does
 * not have.
 *
 * @throws CheckpointError `unsupported-config`.
 */
export const refuseConditionKeys = (json: Json): void => {
  const keys = [...KEYS, ...HARMLESS, ...Object.keys(AT_REST)];
  refuseForeignKeys(json, { className: 'UNet2DConditionModel', keys });
  for (const [key, rest] of Object.entries(AT_REST)) {
    const value = json[key] ?? rest;
    if (value === false || value === rest) continue;
    throw unsupportedConfig(key, value, `only networks with ${JSON.stringify(rest)} are`);
  }
};
