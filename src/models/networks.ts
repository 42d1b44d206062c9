import type { DiffusersOutline } from '../checkpoints/diffusers.ts';
import { naming } from '../checkpoints/weightFiles.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';
import type { Architecture } from '../networks/architecture.ts';
import type { Autoencoder } from '../networks/autoencoder.ts';
import { clipText } from '../networks/clipText.ts';
import { type ClipTextConfig, parseClipTextConfig } from '../networks/clipTextConfig.ts';
import type { Json } from '../networks/configFields.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import { unet2d } from '../networks/unet2d.ts';
import { unet2dCondition } from '../networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../networks/unet2dConditionConfig.ts';
import { parseUNet2DConfig } from '../networks/unet2dConfig.ts';
import type { UNetConfig } from '../networks/unetConfig.ts';
import { makeTokenizer, type Tokenizer } from '../text/tokenizer.ts';

/** The network of noisy images or latents. */
export type Denoiser = { readonly config: UNetConfig; readonly architecture: Architecture };

/** What turns prompts into rows. */
export type TextEncoder = {
  readonly config: ClipTextConfig;
  readonly architecture: Architecture;
  readonly tokenizer: Tokenizer;
};

/** All networks of a checkpoint, before they have weights. */
export type Networks = {
  readonly denoiser: Denoiser;
  readonly autoencoder?: Autoencoder;
  readonly text?: TextEncoder;
};

type Outline = Pick<DiffusersOutline, 'config'> & {
  readonly latent?: {
    readonly autoencoder: { readonly config: Json };
    readonly text?: { readonly config: Json; readonly tokenizer: NonNullable<Latent['text']>['tokenizer'] };
  };
};
type Latent = NonNullable<DiffusersOutline['latent']>;

export type NetworkOptions = {
  /** Layers of the text encoder that are left out at its end, of those after the penultimate. @defaultValue 0 */
  readonly clipSkip?: number | undefined;
};

/**
 * Understands the configs of a checkpoint, one by one and together.
 *
 * @param name of the checkpoint, for messages.
 * @throws CheckpointError `bad-config`, `unsupported-config`, `bad-tokenizer`. ArgumentError `bad-clip-skip`.
 */
export const networksOf = ({ config, latent }: Outline, name: string, options: NetworkOptions = {}): Networks => {
  const denoiser = naming(`the network of ${name}`, () => denoiserOf(config));
  if (options.clipSkip && latent?.text === undefined) {
    throw new ArgumentError('bad-clip-skip', `${name} has no text encoder, of which clipSkip leaves layers out`);
  }
  if (latent === undefined) return { denoiser };
  const { config: coderConfig } = latent.autoencoder;
  const autoencoder = naming(`the autoencoder of ${name}`, () => parseAutoencoder(coderConfig));
  checkChannels(denoiser.config, autoencoder, name);
  if (latent.text === undefined) return { denoiser, autoencoder };
  const { text: textParts } = latent;
  const text = naming(`the text encoder of ${name}`, () => textEncoderOf(textParts, options));
  checkText(denoiser, text, name);
  return { denoiser, autoencoder, text };
};

const denoiserOf = (json: Json): Denoiser => {
  if (json['_class_name'] !== 'UNet2DConditionModel') {
    const config = parseUNet2DConfig(json);
    return { config, architecture: unet2d(config) };
  }
  const config = parseUNet2DConditionConfig(json);
  return { config, architecture: unet2dCondition(config) };
};

export const textEncoderOf = (
  { config: json, tokenizer: files }: NonNullable<NonNullable<Outline['latent']>['text']>,
  { clipSkip = 0 }: NetworkOptions,
): TextEncoder => {
  const [config, tokenizer] = [parseClipTextConfig(json), makeTokenizer(files)];
  const { where } = files;
  if (tokenizer.vocabSize > config.vocabSize) {
    const rule = `the tokenizer in ${where} has ${tokenizer.vocabSize} tokens, but the text encoder knows ${config.vocabSize}`;
    throw new CheckpointError('bad-tokenizer', `${rule}; take the one that belongs to it`);
  }
  if (tokenizer.length > config.positions) {
    const rule = `the tokenizer in ${where} makes rows of ${tokenizer.length} tokens, but the text encoder takes ${config.positions}`;
    throw new CheckpointError('bad-tokenizer', `${rule}; set its model_max_length to that`);
  }
  return { config, architecture: clipText(config, { clipSkip }), tokenizer };
};

const checkChannels = (
  { inChannels, outChannels }: UNetConfig,
  { latentChannels }: Autoencoder,
  name: string,
): void => {
  if (inChannels === latentChannels && outChannels >= latentChannels) return;
  const rule = `the network of ${name} takes ${inChannels} channels, but its autoencoder makes latents of ${latentChannels}`;
  const remedy = 'one made for inpainting, depth or upscaling wants more than an image and is not supported';
  throw new CheckpointError('unsupported-config', `${rule}; ${remedy}`);
};

const checkText = ({ architecture: { inputs } }: Denoiser, { config }: TextEncoder, name: string): void => {
  const wanted = inputs['embeddings'];
  if (wanted === undefined) {
    const rule = `the network of ${name} looks at no prompt, but there is a text encoder beside it`;
    throw new CheckpointError('unsupported-config', `${rule}; is it of another pipeline?`);
  }
  if (wanted.kind !== 'rows' || wanted.channels === config.width) return;
  const rule = `the network of ${name} looks at rows of ${wanted.channels} channels, but its text encoder makes ${config.width}`;
  throw new CheckpointError('bad-config', `${rule}; is it of another pipeline?`);
};
