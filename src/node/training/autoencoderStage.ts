import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { memoryFolder } from '../../checkpoints/folder.ts';
import type { Weight } from '../../engines/tfjs/parameters.ts';
import { type LoadedAutoencoder, openAutoencoder } from '../../models/openAutoencoder.ts';
import { prepareReconstruction } from '../../train/reconstruction.ts';
import { trainAutoencoder } from '../../train/trainAutoencoder.ts';
import { contactSheet } from '../contactSheet.ts';
import { type ImageSet, someImages } from '../data/imageSet.ts';
import { writeWhole } from '../output.ts';
import { commonOptions, type FolderTraining } from './folderTraining.ts';
import { firstOfEachClass, labelOf } from './look.ts';
import { autoencoderFiles } from './modelFiles.ts';
import { imagesAt, type ReconstructionError, reconstructed, reconstructionError } from './reconstructionError.ts';
import type { SplitImages } from './splitImages.ts';
import { lengthOfStage, type Stage, type StageLook, shareOf } from './stage.ts';

export const RECONSTRUCTIONS_FILE = 'reconstructions.png';

const HOME = 'vqvae';
/** The sheet shows so many images, in so many columns beside each other. */
const SHOWN = 18;
const PAIRS = 3;

/** An autoencoder without norms bears a higher learning rate than a denoiser, and needs it: its share of time is short. */
export const BOLDNESS = 4;
const WARM_UP = 50;

/** The stage in which an autoencoder learns to give images back. */
export const autoencoderStage = (
  out: string,
  training: FolderTraining & { readonly model: { readonly autoencoder: Readonly<Record<string, unknown>> } },
  { seen, held }: SplitImages,
): Stage<ReconstructionError> => {
  const { autoencoder: config } = training.model;
  const common = commonOptions(training);
  const options = {
    ...common,
    ...lengthOfStage(training, 'autoencoder'),
    learningRate: common.learningRate * BOLDNESS,
    warmUp: WARM_UP,
    config,
  };
  const open = (weights: ReadonlyMap<string, Weight>): Promise<LoadedAutoencoder> =>
    openAutoencoder(memoryFolder(out, autoencoderFiles('', { config, weights })));
  return {
    name: 'autoencoder',
    share: shareOf('autoencoder'),
    images: seen.count,
    held: held?.count ?? 0,
    sheetEvaluations: 0, // it shows some of those that are measured
    options,
    prepare: () => prepareReconstruction(seen, options),
    train: (more) => trainAutoencoder(seen, { ...options, ...more }),
    async look(weights, look) {
      const autoencoder = await open(weights);
      try {
        return await lookAt(autoencoder, held as ImageSet, { ...look, out, signal: training.signal });
      } finally {
        autoencoder.dispose();
      }
    },
    async write(weights) {
      for (const [path, bytes] of autoencoderFiles(`${HOME}/`, { config, weights })) {
        await writeWhole(join(out, path), bytes);
      }
    },
  };
};

type Look = StageLook & { readonly out: string; readonly signal: AbortSignal | undefined };

const lookAt = async (autoencoder: LoadedAutoencoder, held: ImageSet, look: Look): Promise<ReconstructionError> => {
  const places = Array.from({ length: look.size.held }, (_, n) => n);
  const found = await reconstructionError(autoencoder, held, { ...look, places });
  await writeWhole(join(look.out, RECONSTRUCTIONS_FILE), await drawSheet(autoencoder, held, look));
  return found;
};

/** Held-out images, each beside what comes back of it. */
const drawSheet = async (autoencoder: LoadedAutoencoder, held: ImageSet, look: Look): Promise<Uint8Array> => {
  const shown = someImages(held, firstOfEachClass(held, SHOWN));
  const images: Float32Array[] = [];
  for (let n = 0; n < shown.count; n += 1) {
    const pair = tf.tidy(() => {
      const image = imagesAt(shown, [n]);
      return tf.add(tf.mul(tf.concat([image, reconstructed(autoencoder, image)]), 0.5), 0.5);
    });
    const values = await pair.data<'float32'>();
    pair.dispose();
    images.push(values.slice(0, values.length / 2), values.slice(values.length / 2));
  }
  const pairs = Math.min(PAIRS, shown.count);
  const rows = Array.from({ length: Math.floor(shown.count / pairs) }, (_, row) => ({
    ...(pairs === 1 ? labelOf(shown, row) : {}),
    images: images.slice(row * 2 * pairs, (row + 1) * 2 * pairs),
  }));
  const columns = Array.from({ length: pairs }, () => ({ header: 'held out, back', count: 2 }));
  return contactSheet({ shape: shown.imageShape, title: look.title, columns, rows });
};
