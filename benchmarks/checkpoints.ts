import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredTensor } from '../src/checkpoints/dtypes.ts';
import { writeSafetensors } from '../src/checkpoints/writeSafetensors.ts';
import { parameterShapes } from '../src/networks/parameterShapes.ts';
import { unet2d } from '../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../src/networks/unet2dConfig.ts';
import { fillGaussian } from '../src/random.ts';
import { NETWORKS } from './networks.ts';

/** The folder of the model that comes with the package. */
export const FASHION = join(import.meta.dirname, '../models/fashion-28');

const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';
const BLOCK = 65_536;

/** The config of one of the networks that are measured, as a checkpoint has it. */
export const networkConfig = (name: 'cifar' | 'fashion'): Readonly<Record<string, unknown>> => ({
  _class_name: 'UNet2DModel',
  ...NETWORKS[name],
});

/** A checkpoint of the shape of ddpm-cifar10-32 in a new folder: how fast a network is does not depend on its weights. */
export const writeCifar = async (folder: string): Promise<string> => {
  const config = networkConfig('cifar');
  const shapes = parameterShapes(unet2d(parseUNet2DConfig(config)));
  const tensors = new Map([...shapes].map(([name, shape]) => [name, randomTensor(shape)]));
  await writeConfigs(folder, config);
  await writeFile(join(folder, WEIGHTS), writeSafetensors(tensors));
  return folder;
};

/** The shipped model, said to be for images of another size; its layers do not care. */
export const writeFashionOfSize = async (folder: string, size: number): Promise<string> => {
  await cp(FASHION, folder, { recursive: true });
  await writeFile(join(folder, 'unet/config.json'), JSON.stringify({ ...networkConfig('fashion'), sample_size: size }));
  return folder;
};

/** A new folder for checkpoints, gone when the work is done. */
export async function* withScratch<Item>(work: (folder: string) => AsyncGenerator<Item>): AsyncGenerator<Item> {
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-bench-'));
  try {
    yield* work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const writeConfigs = async (folder: string, config: object): Promise<void> => {
  await mkdir(join(folder, 'unet'), { recursive: true });
  await mkdir(join(folder, 'scheduler'));
  await writeFile(join(folder, 'unet/config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'scheduler/scheduler_config.json'), JSON.stringify({ _class_name: 'DDPMScheduler' }));
};

/** Scaled so that activations stay finite. The same numbers over and over: drawing 36 million would take longer. */
const randomTensor = (shape: readonly number[]): StoredTensor => {
  const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
  const fanIn = shape.slice(1).reduce((size, length) => size * length, 1);
  const block = new Float32Array(Math.min(BLOCK, data.length));
  fillGaussian(['benchmark weights', ...shape], block);
  for (let i = 0; i < data.length; i += 1) data[i] = (block[i % BLOCK] as number) / Math.sqrt(fanIn);
  return { dtype: 'F32', shape: [...shape], data };
};
