import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipText } from '../src/networks/clipText.ts';
import { parseClipTextConfig } from '../src/networks/clipTextConfig.ts';
import { parseAutoencoder } from '../src/networks/parseAutoencoder.ts';
import { architectureOf } from './networks.ts';
import { type StoredAs, writeRandomPart } from './randomWeights.ts';
import type { PipelineConfigs } from './stableDiffusion.ts';

/**
 * A whole Stable Diffusion pipeline of random weights in a folder, written tensor by tensor. Its tokenizer knows letters
 * alone, so that a prompt has more tokens than elsewhere.
 */
export const writePipeline = async (folder: string, configs: PipelineConfigs, stored: StoredAs): Promise<void> => {
  const { unet, vae, text_encoder } = configs;
  const { encoder, decoder } = parseAutoencoder(vae);
  const text = { architectures: [clipText(parseClipTextConfig(text_encoder))], config: text_encoder };
  await writeRandomPart(folder, { name: 'unet', architectures: [architectureOf(unet)], config: unet }, stored);
  await writeRandomPart(folder, { name: 'vae', architectures: [encoder, decoder], config: vae }, stored);
  await writeRandomPart(folder, { name: 'text_encoder', file: 'model.safetensors', ...text }, stored);
  const json = async (path: string, value: unknown) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(value, null, 2));
  };
  await json('scheduler/scheduler_config.json', SCHEDULER);
  await json('tokenizer/tokenizer_config.json', TOKENIZER);
  await json('tokenizer/vocab.json', vocabulary(Number(text_encoder['vocab_size'])));
  await writeFile(join(folder, 'tokenizer/merges.txt'), '#version: 0.2\n');
  await json('model_index.json', {
    _class_name: 'StableDiffusionPipeline',
    unet: ['diffusers', unet['_class_name']],
    vae: ['diffusers', vae['_class_name']],
    text_encoder: ['transformers', 'CLIPTextModel'],
    tokenizer: ['transformers', 'CLIPTokenizer'],
    scheduler: ['diffusers', SCHEDULER._class_name],
  });
};

const SCHEDULER = {
  _class_name: 'DDIMScheduler',
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  num_train_timesteps: 1000,
  set_alpha_to_one: false,
  steps_offset: 1,
  clip_sample: false,
};

const [START, END] = ['<|startoftext|>', '<|endoftext|>'];

const TOKENIZER = {
  tokenizer_class: 'CLIPTokenizer',
  model_max_length: 77,
  bos_token: START,
  eos_token: END,
  pad_token: END,
  unk_token: END,
};

/** Every byte alone and at the end of a word, and the two tokens around a text, whose ids are the largest. */
const vocabulary = (size: number): Readonly<Record<string, number>> => {
  const isShown = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const hidden = bytes.filter((byte) => !isShown(byte)); // these are written as letters beyond the first 256
  const letters = bytes.map((byte) => String.fromCharCode(isShown(byte) ? byte : 256 + hidden.indexOf(byte)));
  const tokens = [...letters, ...letters.map((letter) => `${letter}</w>`)];
  return { ...Object.fromEntries(tokens.map((token, id) => [token, id])), [START]: size - 2, [END]: size - 1 };
};
