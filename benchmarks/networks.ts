import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../src/networks/architecture.ts';
import { unet2d } from '../src/networks/unet2d.ts';
import { unet2dCondition } from '../src/networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../src/networks/unet2dConditionConfig.ts';
import { parseUNet2DConfig } from '../src/networks/unet2dConfig.ts';
import { SD15, TINY_SD } from './stableDiffusion.ts';

type Config = Readonly<Record<string, unknown>>;

/** Configs of the networks that are measured, by name. */
export const NETWORKS: Readonly<Record<string, Config>> = {
  /** The shape of google/ddpm-cifar10-32: 35.7 million parameters, 12.1 GFLOP an image. */
  cifar: {
    sample_size: 32,
    block_out_channels: [128, 256, 256, 256],
    layers_per_block: 2,
    down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'DownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'UpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
    attention_head_dim: null,
    downsample_padding: 0,
    flip_sin_to_cos: false,
    freq_shift: 1,
    norm_eps: 1e-6,
  },
  /** models/fashion-28: 1.1 million parameters. */
  fashion: JSON.parse(readFileSync(join(import.meta.dirname, '../models/fashion-28/unet/config.json'), 'utf8')),
  /** A denoiser of small latents, of 64 x 64 pixels: 6.5 million parameters. */
  latent64: {
    sample_size: 16,
    in_channels: 4,
    out_channels: 4,
    block_out_channels: [64, 128, 128],
    layers_per_block: 2,
    down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
    attention_head_dim: 32,
  },
  sd15: SD15.unet,
  tinySd: TINY_SD.unet,
};

/** What a config describes. */
export const architectureOf = (config: Config): Architecture =>
  config['_class_name'] === 'UNet2DConditionModel'
    ? unet2dCondition(parseUNet2DConditionConfig(config))
    : unet2d(parseUNet2DConfig(config));
