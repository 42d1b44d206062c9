import { writePipeline } from './randomPipeline.ts';
import type { StoredAs } from './randomWeights.ts';
import { type PipelineConfigs, SD15, TINY_SD } from './stableDiffusion.ts';

/** A pipeline of random weights, and how its weights are stored. */
export type LatentShape = { readonly configs: PipelineConfigs; readonly stored: StoredAs };

/** The shape of madebyollin/taesd: 2.4 million parameters. */
const TAESD = {
  _class_name: 'AutoencoderTiny',
  encoder_block_out_channels: [64, 64, 64, 64],
  decoder_block_out_channels: [64, 64, 64, 64],
  num_encoder_blocks: [1, 3, 3, 3],
  num_decoder_blocks: [3, 3, 3, 1],
};

/** Pipelines that are measured, by name. */
export const LATENT_SHAPES: Readonly<Record<string, LatentShape>> = {
  sd15: { configs: SD15, stored: 'F32' },
  'sd15-half': { configs: SD15, stored: 'F16' },
  'sd15-taesd': { configs: { ...SD15, vae: TAESD }, stored: 'F32' },
  'tiny-sd': { configs: TINY_SD, stored: 'F32' },
};

/** Writes a checkpoint that opens like any other. @returns its folder. */
export const writeLatentShape = async (folder: string, { configs, stored }: LatentShape): Promise<string> => {
  await writePipeline(folder, configs, stored);
  return folder;
};
