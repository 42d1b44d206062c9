import { join } from 'node:path';
import { writeSafetensors } from '../../checkpoints/writeSafetensors.ts';
import type { Weight } from '../../engines/tfjs/parameters.ts';
import { writeWhole } from '../output.ts';

/** An autoencoder: its `config.json`, with a `scaling_factor`, and its weights. */
export type AutoencoderParts = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, Weight>;
};

/** What a diffusers folder says, in words and weights. */
export type DenoiserParts = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, Weight>;
  /** Names of the classes of a conditional network, whose last label is the null label. */
  readonly classes?: readonly string[] | undefined;
  /** For a model that walks in latents. */
  readonly autoencoder?: AutoencoderParts;
};

/** DDPM's schedule, spelt out: diffusers and this package agree on every field. */
export const DDPM: Readonly<Record<string, unknown>> = {
  _class_name: 'DDPMScheduler',
  num_train_timesteps: 1000,
  beta_schedule: 'linear',
  beta_start: 0.0001,
  beta_end: 0.02,
  prediction_type: 'epsilon',
  variance_type: 'fixed_small',
  clip_sample: true,
  clip_sample_range: 1,
  timestep_spacing: 'leading',
  steps_offset: 0,
};

/** The schedule of the first latent models, spelt out: it ends in noise alone; latents are not clipped. */
export const LATENT_DDIM: Readonly<Record<string, unknown>> = {
  _class_name: 'DDIMScheduler',
  num_train_timesteps: 1000,
  beta_schedule: 'scaled_linear',
  beta_start: 0.0015,
  beta_end: 0.0195,
  prediction_type: 'epsilon',
  clip_sample: false,
  set_alpha_to_one: false,
  timestep_spacing: 'leading',
  steps_offset: 1,
};

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);

const safetensors = (weights: ReadonlyMap<string, Weight>): Uint8Array =>
  writeSafetensors(new Map([...weights].map(([name, weight]) => [name, { dtype: 'F32' as const, ...weight }])), {
    format: 'pt',
  });

/** The files of an autoencoder of diffusers, by path in its folder, which ends in `/`, or is none. */
export const autoencoderFiles = (home: string, { config, weights }: AutoencoderParts): Map<string, Uint8Array> =>
  new Map([
    [`${home}config.json`, json(config)],
    [`${home}${WEIGHTS}`, safetensors(weights)],
  ]);

const WEIGHTS = 'diffusion_pytorch_model.safetensors';

/** Of diffusers' pipeline for a network that looks at no prompt, and an autoencoder, which it calls `vqvae`. */
const pipelineOf = (classes: Readonly<Record<string, unknown>>): Uint8Array =>
  json({
    _class_name: 'LDMPipeline',
    ...Object.fromEntries(Object.entries(classes).map(([part, name]) => [part, ['diffusers', name]])),
  });

/** The files of a diffusers folder, by path; `loadModel` and Python's diffusers load them as they are. */
export const modelFiles = ({
  config,
  scheduler,
  weights,
  classes,
  autoencoder,
}: DenoiserParts): Map<string, Uint8Array> => {
  const count = config['num_class_embeds'];
  const sidecar = typeof count === 'number' ? { nullLabel: count - 1, ...(classes ? { classes } : {}) } : undefined;
  const classNames = {
    vqvae: autoencoder?.config['_class_name'],
    unet: 'UNet2DModel',
    scheduler: scheduler['_class_name'],
  };
  return new Map([
    ...(autoencoder ? autoencoderFiles('vqvae/', autoencoder) : []),
    ...(autoencoder ? ([['model_index.json', pipelineOf(classNames)]] as const) : []),
    ['unet/config.json', json({ _class_name: 'UNet2DModel', ...config })],
    ['scheduler/scheduler_config.json', json(scheduler)],
    ...(sidecar ? ([['boomerang.json', json(sidecar)]] as const) : []),
    [`unet/${WEIGHTS}`, safetensors(weights)],
  ]);
};

/** Writes the files of a model, each of them whole or not at all; the weights come last. */
export const writeModel = async (folder: string, parts: DenoiserParts): Promise<void> => {
  for (const [path, bytes] of modelFiles(parts)) await writeWhole(join(folder, path), bytes);
};
