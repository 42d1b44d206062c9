import { ArgumentError, CheckpointError } from '../errors.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import { drawImages } from './drawBatch.ts';
import type { Lesson, Run } from './lesson.ts';
import { prepareRun } from './prepareRun.ts';
import { type ImageBatch, reconstructionLoss } from './reconstructionLoss.ts';
import { settingsOf } from './settings.ts';
import type { TrainingData } from './trainingData.ts';
import type { AutoencoderOptions } from './trainOptions.ts';

/** An autoencoder learns to give images back. @throws ArgumentError and CheckpointError as `trainAutoencoder`. */
export const prepareReconstruction = (images: TrainingData, options: AutoencoderOptions): Run => {
  const { config } = options;
  if (config['_class_name'] !== 'AutoencoderTiny') {
    const got = JSON.stringify(config['_class_name']);
    throw new CheckpointError('unsupported-config', `_class_name is ${got}; only an AutoencoderTiny can be trained`);
  }
  const autoencoder = parseAutoencoder(config);
  const { factor, imageChannels } = autoencoder;
  const [height, width] = images.imageShape;
  if (height % factor !== 0 || width % factor !== 0) {
    const rule = `height and width must be divisible by ${factor}, the pixels along a side of one latent`;
    throw new ArgumentError('bad-image-shape', `${rule}; got [${images.imageShape}]; resize them`);
  }
  const settings = settingsOf(images, options);
  const lesson: Lesson<ImageBatch> = {
    architectures: [autoencoder.encoder, autoencoder.decoder],
    draw: (step) => ({ clean: drawImages(images, step, settings).clean }),
    loss: (parameters, batch) => reconstructionLoss(parameters, batch, autoencoder),
  };
  return prepareRun(images, options, { lesson, settings, shape: [height, width, imageChannels] });
};
