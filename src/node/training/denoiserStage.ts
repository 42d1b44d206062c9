import type { Weight } from '../../engines/tfjs/parameters.ts';
import { prepareDenoising } from '../../train/denoising.ts';
import { trainDenoiser } from '../../train/trainDenoiser.ts';
import type { TrainingData } from '../../train/trainingData.ts';
import type { TrainOptions } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import type { EpsilonError } from './epsilonError.ts';
import { commonOptions, type FolderTraining } from './folderTraining.ts';
import { look, SHEET_EVALUATIONS } from './look.ts';
import { type AutoencoderParts, type DenoiserParts, writeModel } from './modelFiles.ts';
import { lengthOfStage, type Stage, shareOf } from './stage.ts';

/** What a denoiser learns from, and what is kept out of it. */
export type Walked = {
  /** Images, or latents of them. */
  readonly seen: TrainingData;
  readonly held: ImageSet | undefined;
  /** For a model that walks in latents: what made them. */
  readonly autoencoder?: AutoencoderParts;
};

/** The stage in which a network learns to tell the noise in images, or in latents. */
export const denoiserStage = (
  out: string,
  training: FolderTraining,
  { seen, held, autoencoder }: Walked,
): Stage<EpsilonError> => {
  const { model, seed, signal } = training;
  const isLatent = model.autoencoder !== undefined;
  const options: TrainOptions & { readonly batchSize: number } = {
    ...commonOptions(training),
    ...(isLatent ? lengthOfStage(training, 'denoiser') : {}),
    config: model.config,
    scheduler: model.scheduler,
    ...(model.start ? { start: model.start } : {}),
  };
  const parts = (weights: ReadonlyMap<string, Weight>): DenoiserParts => {
    const { autoencoder: _, ...denoiser } = model;
    return { ...denoiser, weights, ...(autoencoder ? { autoencoder } : {}) };
  };
  return {
    name: 'denoiser',
    share: isLatent ? shareOf('denoiser') : 1,
    images: seen.count,
    held: held?.count ?? 0,
    sheetEvaluations: SHEET_EVALUATIONS,
    options,
    prepare: () => prepareDenoising(seen, options),
    train: (more) => trainDenoiser(seen, { ...options, ...more }),
    look: (weights, how) => look(parts(weights), held as ImageSet, { ...how, seed, out, signal }),
    write: (weights) => writeModel(out, parts(weights)),
  };
};
