import { join } from 'node:path';
import { writeSafetensors } from '../../checkpoints/writeSafetensors.ts';
import type { Weight } from '../../engines/tfjs/parameters.ts';
import { writeWhole } from '../output.ts';

/** What a diffusers folder says, in words and weights. */
export type DenoiserParts = {
  readonly config: Readonly<Record<string, unknown>>;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, Weight>;
  /** Names of the classes of a conditional network, whose last label is the null label. */
  readonly classes?: readonly string[] | undefined;
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

/** The files of a diffusers folder, by path; `loadModel` and Python's diffusers load them as they are. */
export const modelFiles = ({ config, scheduler, weights, classes }: DenoiserParts): Map<string, Uint8Array> => {
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
  const tensors = new Map([...weights].map(([name, weight]) => [name, { dtype: 'F32' as const, ...weight }]));
  const count = config['num_class_embeds'];
  const sidecar = typeof count === 'number' ? { nullLabel: count - 1, ...(classes ? { classes } : {}) } : undefined;
  return new Map([
    ['unet/config.json', json({ _class_name: 'UNet2DModel', ...config })],
    ['scheduler/scheduler_config.json', json(scheduler)],
    ...(sidecar ? ([['boomerang.json', json(sidecar)]] as const) : []),
    ['unet/diffusion_pytorch_model.safetensors', writeSafetensors(tensors, { format: 'pt' })],
  ]);
};

/** Writes the files of a model, each of them whole or not at all; the weights come last. */
export const writeModel = async (folder: string, parts: DenoiserParts): Promise<void> => {
  for (const [path, bytes] of modelFiles(parts)) await writeWhole(join(folder, path), bytes);
};
