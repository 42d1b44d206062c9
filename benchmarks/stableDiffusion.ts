type Config = Readonly<Record<string, unknown>>;

/** Configs of the parts of a pipeline, as their `config.json` says them. */
export type PipelineConfigs = { readonly unet: Config; readonly vae: Config; readonly text_encoder: Config };

const crossing = (way: 'Down' | 'Up', count: number): string[] => new Array(count).fill(`CrossAttn${way}Block2D`);

/** The shapes of Stable Diffusion 1.5: 860 million parameters in the denoiser. */
export const SD15: PipelineConfigs = {
  unet: {
    _class_name: 'UNet2DConditionModel',
    sample_size: 64,
    in_channels: 4,
    out_channels: 4,
    block_out_channels: [320, 640, 1280, 1280],
    down_block_types: [...crossing('Down', 3), 'DownBlock2D'],
    up_block_types: ['UpBlock2D', ...crossing('Up', 3)],
    layers_per_block: 2,
    attention_head_dim: 8,
    cross_attention_dim: 768,
  },
  vae: {
    _class_name: 'AutoencoderKL',
    sample_size: 512,
    in_channels: 3,
    out_channels: 3,
    latent_channels: 4,
    block_out_channels: [128, 256, 512, 512],
    down_block_types: new Array(4).fill('DownEncoderBlock2D'),
    up_block_types: new Array(4).fill('UpDecoderBlock2D'),
    layers_per_block: 2,
    norm_num_groups: 32,
  },
  text_encoder: {
    architectures: ['CLIPTextModel'],
    model_type: 'clip_text_model',
    vocab_size: 49408,
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    max_position_embeddings: 77,
    hidden_act: 'quick_gelu',
    layer_norm_eps: 1e-5,
    projection_dim: 768,
    bos_token_id: 0,
    eos_token_id: 2,
    pad_token_id: 1,
  },
};

/** The shapes of segmind/tiny-sd, made smaller by distillation: 323 million parameters in the denoiser. */
export const TINY_SD: PipelineConfigs = {
  ...SD15,
  unet: {
    ...SD15.unet,
    block_out_channels: [320, 640, 1280],
    down_block_types: crossing('Down', 3),
    mid_block_type: null,
    up_block_types: crossing('Up', 3),
    layers_per_block: 1,
  },
};
