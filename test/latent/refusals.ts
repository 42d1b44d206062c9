import { expect } from 'chai';
import { type LatentParts, ldmFiles, stableFiles } from '../support/latentPipeline.ts';

type Files = Map<string, Uint8Array>;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const without = (files: Files, ...paths: string[]): Files => {
  const left = [...files].filter(([path]) => !paths.some((one) => path.startsWith(one)));
  expect(left.length, `${paths} were there`).to.be.below(files.size);
  return new Map(left);
};
const changed = (files: Files, path: string, fields: object): Files => {
  const config = JSON.parse(new TextDecoder().decode(files.get(path)));
  return new Map([...files, [path, text(JSON.stringify({ ...config, ...fields }))]]);
};
const stable = (parts?: LatentParts) => stableFiles(parts);
const part = (name: string) => ['diffusers', name];

/** What is opened, how, and what is said of it. */
export const REFUSALS: Readonly<
  Record<string, { files: () => Files | Promise<Files>; options?: object; code: string; message: RegExp }>
> = {
  'a pipeline of a class that is not opened': {
    files: () => stable({ index: { _class_name: 'StableDiffusionXLPipeline' } }),
    code: 'unsupported-pipeline',
    message: /says "StableDiffusionXLPipeline".*supported: .*StableDiffusionPipeline/,
  },
  'a part that is of no such pipeline': {
    files: () => stable({ index: { controlnet: part('ControlNetModel') } }),
    code: 'unsupported-pipeline',
    message: /StableDiffusionPipeline with controlnet \(ControlNetModel\)/,
  },
  'an autoencoder of a class that is not known': {
    files: () => ldmFiles({ index: { vqvae: part('AutoencoderOobleck') } }),
    code: 'unsupported-pipeline',
    message: /vqvae \(AutoencoderOobleck\).*AutoencoderKL or AutoencoderTiny or VQModel/,
  },
  'an index that leaves the autoencoder out': {
    files: () => ldmFiles({ index: { vqvae: [null, null] } }),
    code: 'unsupported-pipeline',
    message: /is a LDMPipeline without vqvae/,
  },
  'an index that leaves the text encoder out': {
    files: () => stable({ index: { text_encoder: [null, null] } }),
    code: 'unsupported-pipeline',
    message: /is a StableDiffusionPipeline without text_encoder/,
  },
  'a pipeline without the files of its autoencoder': {
    files: () => without(ldmFiles(), 'vqvae/'),
    code: 'no-such-model',
    message: /no vqvae\/config\.json; fetch the whole folder/,
  },
  'a pipeline without the weights of its text encoder': {
    files: async () => without(await stable(), 'text_encoder/model'),
    code: 'no-such-model',
    message: /text_encoder\/model\.safetensors/,
  },
  'a pipeline without its tokenizer': {
    files: async () => without(await stable(), 'tokenizer/'),
    code: 'no-tokenizer',
    message: /holds no tokenizer; looked for/,
  },
  'an autoencoder of another class than the index says': {
    files: () => ldmFiles({ index: { vqvae: part('AutoencoderKL') } }),
    code: 'bad-config',
    message: /says AutoencoderKL for vqvae, but its config says AutoencoderTiny/,
  },
  'a scheduler of another class than the index says': {
    files: async () => changed(await stable(), 'scheduler/scheduler_config.json', { _class_name: 'DDPMScheduler' }),
    code: 'bad-config',
    message: /says DDIMScheduler for scheduler, but its config says DDPMScheduler/,
  },
  'a config of its network that breaks a rule, which names the network': {
    files: async () => changed(await stable(), 'unet/config.json', { layers_per_block: 'many' }),
    code: 'bad-config',
    message: /^the network of .*model: config\.json: layers_per_block/,
  },
  'a config of its autoencoder that breaks a rule, which names the autoencoder': {
    files: async () => changed(await stable(), 'vae/config.json', { latent_channels: 'many' }),
    code: 'bad-config',
    message: /^the autoencoder of .*model: config\.json: latent_channels/,
  },
  'a config of its text encoder that breaks a rule, which names the text encoder': {
    files: async () => changed(await stable(), 'text_encoder/config.json', { num_hidden_layers: 'many' }),
    code: 'bad-config',
    message: /^the text encoder of .*model: config\.json: num_hidden_layers/,
  },
  'a network made for inpainting, of 9 channels': {
    files: () => stable({ unet: { in_channels: 9 } }),
    code: 'unsupported-config',
    message: /takes 9 channels, but its autoencoder makes latents of 4; one made for inpainting/,
  },
  'a network that looks at wider rows than the text encoder makes': {
    files: () => stable({ unet: { cross_attention_dim: 8 } }),
    code: 'bad-config',
    message: /rows of 8 channels, but its text encoder makes 16/,
  },
  'an image size that latents do not divide': {
    files: ldmFiles,
    options: { imageSize: 18 },
    code: 'bad-image-size',
    message: /divisible by 4, the pixels along a side of one latent.*18 x 18/,
  },
  'an image size that the network cannot halve': {
    files: ldmFiles,
    options: { imageSize: [16, 20] },
    code: 'bad-image-size',
    message: /divisible by 8.*16 x 20/,
  },
  ...Object.fromEntries(
    [0, -16, 16.5, Number.NaN, '16', null, [16], [16, 16, 3]].map((imageSize) => [
      `an image size of ${JSON.stringify(imageSize)}`,
      { files: ldmFiles, options: { imageSize }, code: 'bad-image-size', message: /whole number.*\[height, width\]/ },
    ]),
  ),
  'more layers left out than there are': {
    files: stable,
    options: { clipSkip: 2 },
    code: 'bad-clip-skip',
    message: /clipSkip.*2/,
  },
  'layers left out that are no number': {
    files: stable,
    options: { clipSkip: 0.5 },
    code: 'bad-clip-skip',
    message: /whole number of at least 0, got 0\.5/,
  },
  'layers left out of a text encoder that is not there': {
    files: ldmFiles,
    options: { clipSkip: 1 },
    code: 'bad-clip-skip',
    message: /no text encoder/,
  },
};
