import * as tf from '@tensorflow/tfjs-core';
import { parseSchedulerConfig, type SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import { ArgumentError, isCount } from '../errors.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../networks/unet2dConfig.ts';
import type { NoisyBatch } from './denoisingLoss.ts';
import { drawBatch } from './drawBatch.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { TrainingData } from './trainingData.ts';
import type { TrainOptions } from './trainOptions.ts';

/** A run, checked. */
export type Run = {
  readonly images: TrainingData;
  readonly config: UNet2DConfig;
  readonly scheduler: SchedulerConfig;
  readonly settings: Settings;
  readonly nullLabel: number | undefined;
  /** The share of the run that is done. */
  readonly progress: (done: number, elapsedMs: number) => number;
};

/** @throws ArgumentError and CheckpointError as `trainDenoiser`. */
export const prepareRun = (images: TrainingData, options: TrainOptions): Run => {
  const settings = settingsOf(images, options);
  const config = parseUNet2DConfig(options.config);
  const scheduler = parseSchedulerConfig(options.scheduler ?? { _class_name: 'DDPMScheduler' });
  checkCount('batchSize', settings.batchSize);
  if (options.microBatch !== undefined) checkCount('microBatch', options.microBatch);
  const [height, width, channels] = images.imageShape;
  const wanted = [...(config.sampleSize ?? [height, width]), config.inChannels];
  if (String(wanted) !== String([height, width, channels])) {
    throw new ArgumentError(
      'bad-image-shape',
      `the config is for images of [${wanted}], these are [${images.imageShape}]; resize them`,
    );
  }
  const table = config.classEmbedding?.kind === 'table' ? config.classEmbedding.rows : undefined;
  if (table !== undefined && !images.labels) {
    throw new ArgumentError(
      'no-labels',
      'the config has classes (num_class_embeds), but the images have no labels; leave it out',
    );
  }
  const most = images.labels?.reduce((a, b) => Math.max(a, b), 0) ?? 0;
  if (table !== undefined && most > table - 2) {
    const rule = `num_class_embeds must be one more than the classes, for the null label: at least ${most + 2}`;
    throw new ArgumentError('no-labels', `${rule}, got ${table}`);
  }
  const nullLabel = table === undefined ? undefined : table - 1;
  const progress = lengthOf(options, images.count, settings.batchSize);
  return { images, config, scheduler, settings, nullLabel, progress };
};

const lengthOf = (
  { steps, epochs, minutes, reserveMs = 0 }: TrainOptions,
  count: number,
  batchSize: number,
): Run['progress'] => {
  const given = Object.entries({ steps, epochs, minutes }).filter(([, value]) => value !== undefined);
  const [name, value] = given[0] ?? [];
  const isGood = name === 'steps' ? isCount(value) : (value ?? 0) > 0;
  if (given.length !== 1 || !isGood) {
    const got = JSON.stringify(Object.fromEntries(given));
    throw new ArgumentError(
      'bad-length',
      `say how long to train with one of steps, epochs, minutes, above 0; got ${got}`,
    );
  }
  if (minutes !== undefined) {
    const own = Math.max(1, minutes * 60_000 - reserveMs);
    return (_, elapsedMs) => elapsedMs / own;
  }
  const total = steps ?? Math.ceil(((epochs as number) * count) / batchSize);
  return (done) => done / total;
};

const checkCount = (name: string, value: number): void => {
  if (isCount(value)) return;
  throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least 1, got ${value}`);
};

/** The batch of a step, from 0 on; tensors owned by the caller. */
export const batchOf = ({ images, scheduler, settings, nullLabel }: Run, step: number): NoisyBatch =>
  tf.tidy(
    () =>
      drawBatch(images, step, { ...settings, timesteps: scheduler.schedule.alphaBar.length, nullLabel }) as NoisyBatch &
        tf.TensorContainer,
  );
