import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipText } from '../src/networks/clipText.ts';
import { parseClipTextConfig } from '../src/networks/clipTextConfig.ts';
import { parseAutoencoder } from '../src/networks/parseAutoencoder.ts';
import { writeClipTables } from './clipTables.ts';
import { architectureOf } from './networks.ts';
import { type StoredAs, writeRandomPart } from './randomWeights.ts';
import type { PipelineConfigs } from './stableDiffusion.ts';

/** A whole Stable Diffusion pipeline of random weights in a folder, written tensor by tensor; its tokenizer is of CLIP's size. */
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
  await writeClipTables(join(folder, 'tokenizer'));
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
