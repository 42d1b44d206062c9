import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { readTokenizerFiles } from '../../src/checkpoints/tokenizerFiles.ts';
import { writeSafetensors } from '../../src/checkpoints/writeSafetensors.ts';
import type { Architecture } from '../../src/networks/architecture.ts';
import { clipText } from '../../src/networks/clipText.ts';
import { parseClipTextConfig } from '../../src/networks/clipTextConfig.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { unet2dCondition } from '../../src/networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../../src/networks/unet2dConditionConfig.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { makeTokenizer } from '../../src/text/tokenizer.ts';
import { formulaWeights } from '../networks/formula.ts';
import { root } from './shared.ts';

type Fields = Readonly<Record<string, unknown>>;

const TOKENIZER = join(root, 'test/fixtures/text/parts');
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const TINY_AUTOENCODER = {
  _class_name: 'AutoencoderTiny',
  encoder_block_out_channels: [8, 8, 8],
  decoder_block_out_channels: [8, 8, 8],
  num_encoder_blocks: [1, 1, 1],
  num_decoder_blocks: [1, 1, 1],
};
const KL_AUTOENCODER = {
  _class_name: 'AutoencoderKL',
  block_out_channels: [8, 8, 16],
  down_block_types: ['DownEncoderBlock2D', 'DownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'UpDecoderBlock2D', 'UpDecoderBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};
/** A small autoencoder of a class. */
const coderOf = (usual: string, fields: Fields = {}): Fields & { readonly _class_name: unknown } => {
  const { _class_name: name = usual } = fields;
  return { ...(name === 'AutoencoderTiny' ? TINY_AUTOENCODER : KL_AUTOENCODER), ...fields, _class_name: name };
};

const PLAIN_UNET = {
  _class_name: 'UNet2DModel',
  sample_size: 4,
  in_channels: 4,
  out_channels: 4,
  block_out_channels: [8, 16],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};
/** A small denoiser of latents that is told a prompt. */
export const CONDITION_UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 4,
  block_out_channels: [8, 16],
  down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
  attention_head_dim: 2,
  cross_attention_dim: 16,
};
const TEXT = {
  model_type: 'clip_text_model',
  architectures: ['CLIPTextModel'],
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  eos_token_id: 2, // as old configs have it: the end is the largest id
};
const SCHEDULER = {
  _class_name: 'DDIMScheduler',
  beta_schedule: 'scaled_linear',
  beta_start: 0.00085,
  beta_end: 0.012,
  clip_sample: false,
};

export type LatentParts = {
  /** Fields of the parts' configs that differ. */
  readonly unet?: Fields;
  readonly autoencoder?: Fields;
  readonly text?: Fields;
  readonly scheduler?: Fields;
  readonly index?: Fields;
};

const weightsOf = (...architectures: readonly Architecture[]): Uint8Array => {
  const weights = architectures.flatMap((one) => [...formulaWeights(parameterShapes(one))]);
  return writeSafetensors(new Map(weights.map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }])));
};

const STEM = 'diffusion_pytorch_model.safetensors';

/** An unconditional latent pipeline on images of 16 x 16 x 3, latents 4 x 4 x 4, with weights by formula. */
export const ldmFiles = ({ unet, autoencoder, scheduler, index }: LatentParts = {}): Map<string, Uint8Array> => {
  const [network, coder] = [{ ...PLAIN_UNET, ...unet }, coderOf('AutoencoderTiny', autoencoder)];
  const { encoder, decoder } = parseAutoencoder(coder);
  return new Map([
    [
      'model_index.json',
      json({
        _class_name: 'LDMPipeline',
        unet: ['diffusers', network._class_name],
        vqvae: ['diffusers', coder._class_name],
        scheduler: ['diffusers', { ...SCHEDULER, ...scheduler }._class_name],
        ...index,
      }),
    ],
    ['unet/config.json', json(network)],
    [`unet/${STEM}`, weightsOf(unet2d(parseUNet2DConfig(network)))],
    ['vqvae/config.json', json(coder)],
    [`vqvae/${STEM}`, weightsOf(encoder, decoder)],
    ['scheduler/scheduler_config.json', json({ ...SCHEDULER, ...scheduler })],
  ]);
};

const tokenizerFiles = (): Map<string, Uint8Array> =>
  new Map(
    readdirSync(TOKENIZER).map((name) => [`tokenizer/${name}`, new Uint8Array(readFileSync(join(TOKENIZER, name)))]),
  );

/** A pipeline like Stable Diffusion's, on images of 16 x 16 x 3, with weights by formula and a tokenizer of 77 tokens or fewer. */
export const stableFiles = async (parts: LatentParts = {}): Promise<Map<string, Uint8Array>> => {
  const tokenizer = tokenizerFiles();
  const { vocabSize, length } = makeTokenizer(await readTokenizerFiles(memoryFolder('tokenizer', tokenizer)));
  const text = { ...TEXT, vocab_size: vocabSize, max_position_embeddings: length, ...parts.text };
  const unet = { ...CONDITION_UNET, ...parts.unet };
  const coder = coderOf('AutoencoderKL', parts.autoencoder);
  const scheduler = { ...SCHEDULER, ...parts.scheduler };
  const { encoder, decoder } = parseAutoencoder(coder);
  return new Map([
    [
      'model_index.json',
      json({
        _class_name: 'StableDiffusionPipeline',
        unet: ['diffusers', 'UNet2DConditionModel'],
        vae: ['diffusers', coder._class_name],
        text_encoder: ['transformers', 'CLIPTextModel'],
        tokenizer: ['transformers', 'CLIPTokenizer'],
        scheduler: ['diffusers', scheduler._class_name],
        safety_checker: [null, null],
        ...parts.index,
      }),
    ],
    ['unet/config.json', json(unet)],
    [`unet/${STEM}`, weightsOf(unet2dCondition(parseUNet2DConditionConfig(unet)))],
    ['vae/config.json', json(coder)],
    [`vae/${STEM}`, weightsOf(encoder, decoder)],
    ['text_encoder/config.json', json(text)],
    ['text_encoder/model.safetensors', weightsOf(clipText(parseClipTextConfig(text)))],
    ['scheduler/scheduler_config.json', json(scheduler)],
    ...tokenizer,
  ]);
};

/** Writes files below a folder. @returns the folder. */
export const writeFiles = (folder: string, files: ReadonlyMap<string, Uint8Array>): string => {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
};
