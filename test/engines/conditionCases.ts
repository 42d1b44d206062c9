import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toFloat32 } from '../../src/checkpoints/halfFloat.ts';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import type { Architecture } from '../../src/networks/architecture.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2dCondition } from '../../src/networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../../src/networks/unet2dConditionConfig.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { root, shared } from '../support/shared.ts';

/** Numbers with their shape, feature maps NHWC. */
export type Values = { readonly data: Float32Array; readonly shape: readonly number[] };

/** A network, what is fed to it by name, and what the reference gives for it. */
export type ConditionCase = {
  readonly architecture: Architecture;
  readonly weights: ReadonlyMap<string, Weight>;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly expected: Values;
};

const read = (path: string) => parseSafetensors(new Uint8Array(readFileSync(path)));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const list = (numbers: readonly number[]): Values => ({ data: Float32Array.from(numbers), shape: [numbers.length] });

const folder = join(root, 'test/fixtures/networks');

/** Configs that each say something else, by title; see test/fixtures/networks/make_condition.py. */
export const VARIANTS: Readonly<Record<string, { sample_size: readonly [number, number] }>> = json(
  join(folder, 'condition.json'),
);

/** One of {@link VARIANTS}, with parameters and inputs by formula. */
export const variantCase = (title: string): ConditionCase => {
  const config = parseUNet2DConditionConfig({ ...VARIANTS[title] });
  const architecture = unet2dCondition(config);
  const { embeddings, labels, guidance } = architecture.inputs;
  const numbers = (name: string, shape: readonly number[]): Values => ({ data: formula(name, shape), shape });
  const { data, shape } = read(join(folder, 'condition.safetensors')).get(title) ?? { data: [], shape: [] };
  return {
    architecture,
    weights: formulaWeights(parameterShapes(architecture)),
    inputs: {
      x: numbers('sample', [2, ...(config.sampleSize ?? []), config.inChannels]),
      timesteps: list([37, 999]),
      ...(embeddings?.kind === 'rows' ? { embeddings: numbers('embeddings', [2, 5, embeddings.channels]) } : {}),
      ...(labels ? { labels: list([1, 4]) } : {}),
      ...(guidance ? { guidance: list([7.5, 1.25]) } : {}),
    },
    expected: { data: Float32Array.from(data, Number), shape },
  };
};

const GOLDENS = 'goldens/latent/unet2d-condition';

/** A checkpoint that diffusers wrote, and one of the runs beside it. */
export const goldenCase = (name: string, run: string): ConditionCase => {
  const file = (path: string): string => shared(`${GOLDENS}/${name}/${path}`);
  const stored = [...read(file('diffusion_pytorch_model.safetensors'))];
  const io = read(file(`${run}.safetensors`));
  const values = (key: string): Values => {
    const { data, shape } = io.get(key) ?? { data: [], shape: [] };
    return { data: Float32Array.from(data, Number), shape };
  };
  return {
    architecture: unet2dCondition(parseUNet2DConditionConfig(json(file('config.json')))),
    weights: new Map(stored.map(([key, tensor]) => [key, { shape: tensor.shape, data: toFloat32(tensor) }])),
    inputs: {
      x: channelsLast(values('sample')),
      timesteps: values('timestep'),
      embeddings: values('encoder_hidden_states'),
      ...(io.has('class_labels') ? { labels: values('class_labels') } : {}),
    },
    expected: channelsLast(values('output')),
  };
};

const channelsLast = ({ data, shape }: Values): Values => {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const space = height * width;
  const result = data.map((_, i) => {
    const [n, p, c] = [Math.floor(i / channels / space), Math.floor(i / channels) % space, i % channels];
    return data[(n * channels + c) * space + p] ?? Number.NaN;
  });
  return { data: result, shape: [count, height, width, channels] };
};
