import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureOf, NETWORKS } from './networks.ts';
import { writeRandomPart } from './randomWeights.ts';

/** The folder of the model that comes with the package. */
export const FASHION = join(import.meta.dirname, '../models/fashion-28');

/** The config of one of the networks that are measured, as a checkpoint has it. */
export const networkConfig = (name: 'cifar' | 'fashion'): Readonly<Record<string, unknown>> => ({
  _class_name: 'UNet2DModel',
  ...NETWORKS[name],
});

/** A checkpoint of the shape of ddpm-cifar10-32 in a new folder: how fast a network is does not depend on its weights. */
export const writeCifar = async (folder: string): Promise<string> => {
  const config = networkConfig('cifar');
  const part = { name: 'unet', architectures: [architectureOf(config)], config };
  await writeRandomPart(folder, part, 'F32');
  await writeScheduler(folder);
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

const writeScheduler = async (folder: string): Promise<void> => {
  await mkdir(join(folder, 'scheduler'), { recursive: true });
  await writeFile(join(folder, 'scheduler/scheduler_config.json'), JSON.stringify({ _class_name: 'DDPMScheduler' }));
};
