import { parseSchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import { ArgumentError } from '../errors.ts';
import { unet2d } from '../networks/unet2d.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../networks/unet2dConfig.ts';
import { denoisingLoss, type NoisyBatch } from './denoisingLoss.ts';
import { drawBatch } from './drawBatch.ts';
import type { Lesson, Run } from './lesson.ts';
import { prepareRun } from './prepareRun.ts';
import { settingsOf } from './settings.ts';
import type { TrainingData } from './trainingData.ts';
import type { TrainOptions } from './trainOptions.ts';

const DEFAULT_SCHEDULER = { _class_name: 'DDPMScheduler' };

/** The schedule of a training of a denoiser. */
export const schedulerOf = ({ scheduler = DEFAULT_SCHEDULER }: TrainOptions) => parseSchedulerConfig(scheduler);

/** A network learns to tell the noise in images. @throws ArgumentError and CheckpointError as `trainDenoiser`. */
export const prepareDenoising = (images: TrainingData, options: TrainOptions): Run => {
  const settings = {
    ...settingsOf(images, options),
    scheduler: options.scheduler ?? DEFAULT_SCHEDULER,
    minSnr: options.minSnr ?? null,
    dropLabel: options.dropLabel ?? 0.1,
  };
  const config = parseUNet2DConfig(options.config);
  const scheduler = schedulerOf(options);
  const [height, width] = images.imageShape;
  const shape = [...(config.sampleSize ?? [height, width]), config.inChannels];
  const draw = { ...settings, timesteps: scheduler.schedule.alphaBar.length, nullLabel: nullLabelOf(config, images) };
  const lesson: Lesson<NoisyBatch> = {
    architectures: [unet2d(config)],
    draw: (step) => drawBatch(images, step, draw),
    loss: (parameters, batch) => denoisingLoss(parameters, batch, { config, scheduler, minSnr: options.minSnr }),
  };
  return prepareRun(images, options, { lesson, settings, shape });
};

const nullLabelOf = ({ classEmbedding }: UNet2DConfig, { labels }: TrainingData): number | undefined => {
  const table = classEmbedding?.kind === 'table' ? classEmbedding.rows : undefined;
  if (table === undefined) return undefined;
  if (!labels) {
    throw new ArgumentError(
      'no-labels',
      'the config has classes (num_class_embeds), but the images have no labels; leave it out',
    );
  }
  const most = labels.reduce((a, b) => Math.max(a, b), 0);
  if (most > table - 2) {
    const rule = `num_class_embeds must be one more than the classes, for the null label: at least ${most + 2}`;
    throw new ArgumentError('no-labels', `${rule}, got ${table}`);
  }
  return table - 1;
};
