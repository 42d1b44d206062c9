import type { Weight } from '../../engines/tfjs/parameters.ts';
import { isCount } from '../../errors.ts';
import type { Run } from '../../train/lesson.ts';
import type { RunOptions, TrainedRun } from '../../train/trainOptions.ts';
import type { Found } from './history.ts';
import type { LookSize } from './look.ts';

/** How long to train: one of these. */
export type RunLength = Pick<RunOptions, 'steps' | 'epochs' | 'minutes'>;

/** A model of pixels is made in one stage, one that walks in latents in both, one after the other. */
export type StageName = 'autoencoder' | 'denoiser';

/** What one stage trains, how, and what is looked at meanwhile. */
export type Stage<F extends Found = Found> = {
  readonly name: StageName;
  /** Of the time that the user gives. */
  readonly share: number;
  /** How many images there are to learn from. */
  readonly images: number;
  /** How many are kept out of it, and how often the networks run for the sheet in each of its steps. */
  readonly held: number;
  readonly sheetEvaluations: number;
  readonly options: RunOptions & { readonly batchSize: number };
  /** @throws as the trainer's. */
  prepare(): Run;
  train(more: StageRun): Promise<TrainedRun>;
  /** Measures held-out images, and draws a sheet of them. */
  look(weights: ReadonlyMap<string, Weight>, options: StageLook): Promise<F>;
  /** Writes the networks into the folder as far as they are. */
  write(weights: ReadonlyMap<string, Weight>): Promise<void>;
};

/** What the trainer is told beside the options. */
export type StageRun = Pick<RunOptions, 'resume' | 'microBatch' | 'reserveMs' | 'onStep'>;

export type StageLook = {
  readonly title: string;
  readonly size: LookSize;
  /** So many images go through the networks at a time. */
  readonly batchSize: number;
};

/** An autoencoder learns sooner than a denoiser. */
const AUTOENCODER_SHARE = 0.4;

/** The share of the time that a stage of a latent model has. */
export const shareOf = (name: StageName): number =>
  name === 'autoencoder' ? AUTOENCODER_SHARE : 1 - AUTOENCODER_SHARE;

/** The part of a length that is a stage's; a length that will not do stays as it is, for the trainer to refuse. */
export const lengthOfStage = ({ steps, epochs, minutes }: RunLength, name: StageName): RunLength => {
  const part = (value: number): number => (value > 0 ? value * shareOf(name) : value);
  return {
    ...(steps === undefined ? {} : { steps: isCount(steps) ? Math.max(1, Math.round(part(steps))) : steps }),
    ...(epochs === undefined ? {} : { epochs: part(epochs) }),
    ...(minutes === undefined ? {} : { minutes: part(minutes) }),
  };
};
