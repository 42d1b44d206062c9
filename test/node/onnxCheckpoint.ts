import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../../src/checkpoints/dtypes.ts';
import { float32ToFloat16 } from '../../src/checkpoints/halfFloat.ts';
import { writeSafetensors } from '../../src/checkpoints/writeSafetensors.ts';
import type { Model } from '../../src/models/model.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { largestDifference } from '../support/tensors.ts';

/** Of the small network of these tests. */
export const CONFIG = {
  _class_name: 'UNet2DModel',
  sample_size: 8,
  block_out_channels: [8, 16],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};

export type Store = (data: Float32Array) => Pick<StoredTensor, 'dtype' | 'data'>;

/** How the elements of weights are stored. */
export const STORES: Readonly<Record<'F32' | 'F16' | 'BF16' | 'F64' | 'F8_E5M2', Store>> = {
  F32: (data) => ({ dtype: 'F32', data }),
  F16: (data) => ({ dtype: 'F16', data: float32ToFloat16(data) }),
  BF16: (data) => ({ dtype: 'BF16', data: Uint16Array.from(new Uint32Array(data.slice().buffer), (w) => w >>> 16) }),
  F64: (data) => ({ dtype: 'F64', data: Float64Array.from(data) }),
  F8_E5M2: (data) => ({ dtype: 'F8_E5M2', data: Uint8Array.from(float32ToFloat16(data), (half) => half >>> 8) }),
};

export type CheckpointParts = {
  /** Fields of the config that differ. */
  readonly change?: Readonly<Record<string, unknown>>;
  readonly store?: Store;
  readonly shards?: number;
};

/** Writes a small diffusers checkpoint with weights by formula. @returns its folder. */
export const writeCheckpoint = (folder: string, { change, store = STORES.F32, shards = 1 }: CheckpointParts = {}) => {
  mkdirSync(join(folder, 'unet'), { recursive: true });
  mkdirSync(join(folder, 'scheduler'), { recursive: true });
  const raw = { ...CONFIG, ...change };
  writeFileSync(join(folder, 'unet/config.json'), JSON.stringify(raw));
  const scheduler = { _class_name: 'DDIMScheduler', beta_schedule: 'linear' };
  writeFileSync(join(folder, 'scheduler/scheduler_config.json'), JSON.stringify(scheduler));
  const weights = [...formulaWeights(parameterShapes(unet2d(parseUNet2DConfig(raw))))].map(
    ([name, { shape, data }]) => [name, { shape, ...store(data) }] as const,
  );
  const stem = 'diffusion_pytorch_model';
  const fileOf = (n: number): string => (shards === 1 ? `${stem}.safetensors` : `${stem}-${n}.safetensors`);
  const map: Record<string, string> = {};
  for (let n = 0; n < shards; n += 1) {
    const own = weights.filter((_, i) => i % shards === n);
    for (const [name] of own) map[name] = fileOf(n);
    writeFileSync(join(folder, 'unet', fileOf(n)), writeSafetensors(new Map(own)));
  }
  const index = join(folder, 'unet', `${stem}.safetensors.index.json`);
  if (shards > 1) writeFileSync(index, JSON.stringify({ weight_map: map }));
  return folder;
};

/** Two outputs for the same images, compared: the largest difference as a share of the largest output. */
export const compareModels = (a: Model, b: Model): number => {
  const shape: [number, number, number, number] = [2, ...a.imageShape];
  const labels = a.labels ? [1, 2] : undefined;
  return tf.tidy(() => {
    const x = tf.tensor4d(formula('sample', shape), shape);
    const [first, second] = [a, b].map((model) => model.predict(x, [37, 999], labels)) as [tf.Tensor, tf.Tensor];
    return largestDifference(first.dataSync(), second.dataSync()) / (tf.max(tf.abs(second)).dataSync()[0] ?? 0);
  });
};
