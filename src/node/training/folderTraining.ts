import type { TrainingEstimate } from '../../train/estimateTraining.ts';
import type { StepReport, TrainOptions } from '../../train/trainOptions.ts';
import type { ImageSet } from '../data/imageSet.ts';
import type { EpsilonError } from './epsilonError.ts';
import type { Found, HeldOutPoint, Point } from './history.ts';
import type { LookSize } from './look.ts';
import type { DenoiserParts } from './modelFiles.ts';
import type { Quality } from './quality.ts';
import type { ReconstructionError } from './reconstructionError.ts';
import type { RunLength, StageName } from './stage.ts';

export type FolderTraining = RunLength & {
  readonly images: ImageSet;
  /** `config.json` and `scheduler_config.json` of the model, names of its classes, and weights to start from, if any. */
  readonly model: Omit<DenoiserParts, 'weights' | 'autoencoder'> & {
    /**
     * The `config.json` of an `AutoencoderTiny`, for a model that walks in latents: it is trained first, in two fifths of
     * the time, and the network of `config` then on its latents.
     */
    readonly autoencoder?: Readonly<Record<string, unknown>>;
    readonly start?: TrainOptions['start'];
    readonly startDigest?: string;
  };
  readonly batchSize: number;
  /** @defaultValue 4e-4 */
  readonly learningRate?: number;
  readonly flip?: boolean;
  readonly seed: string | number;
  /** Goes on with the run in the folder, if there is one. */
  readonly resume?: boolean;
  /** Minutes between two writings of the state. @defaultValue 2 */
  readonly saveEvery?: number;
  /** Minutes between two looks at held-out images, or ten times what a look takes, if that is longer. @defaultValue 5 */
  readonly lookEvery?: number;
  /** Calls what comes of it a model, whatever its error on held-out images. @defaultValue false */
  readonly accept?: boolean;
  /** Where the images come from and what computes, for the model's card. */
  readonly about: { readonly data: string; readonly backend: string };
  /** Ends the run, in the middle of a step or a look if need be; all is written, and it can go on. */
  readonly signal?: AbortSignal;
  /** Told before the first step what the run will take. */
  readonly onPlan?: (plan: TrainingPlan) => void;
  readonly onStep?: (report: StepReport & { readonly stage: StageName }) => void;
  readonly onLook?: (found: StageFound) => void;
  /** Told the step from which a run goes on. */
  readonly onResume?: (step: number, stage: StageName) => void;
  /** Told how many images are encoded, of how many, those that are mirrored among them. */
  readonly onEncoding?: (done: number, total: number) => void;
};

/** What a look has found. */
export type StageFound =
  | ({ readonly stage: 'denoiser' } & Point<EpsilonError>)
  | ({ readonly stage: 'autoencoder' } & Point<ReconstructionError>);

export type FolderTrained = {
  /** Of the denoiser. */
  readonly steps: number;
  /** From the call to its end, and before it was stopped, if it was. */
  readonly minutes: number;
  /** Smoothed over about 100 steps; undefined where there was none. */
  readonly loss: number | undefined;
  /** Undefined for a data set too small to keep images out of training. */
  readonly heldOut: HeldOutPoint | undefined;
  /** What that is worth, and what more minutes would give; undefined where nothing was measured. */
  readonly quality: (Quality & { readonly outlook?: string }) | undefined;
  /** Whether the run was ended before its time. */
  readonly isStopped: boolean;
  /** Of a model that walks in latents. */
  readonly autoencoder?: StageTrained<ReconstructionError>;
};

export type StageTrained<F extends Found> = {
  readonly steps: number;
  readonly loss: number | undefined;
  readonly heldOut: Point<F> | undefined;
};

/** What a run will take: measured before it begins, and meant to hold within a factor of two. */
export type TrainingPlan = TrainingEstimate & {
  readonly imagesPerSecond: number;
  /** All of them, those before a resume included. */
  readonly steps: number;
  /** From now to the end: what is still to be done, looks and writing included. */
  readonly minutes: number;
  /** How much is looked at, and how long that takes each time. */
  readonly look: LookSize & { readonly seconds: number };
  /** What comes first, for a model that walks in latents, if that is still to be done; its `minutes` are its own. */
  readonly autoencoder?: TrainingPlan;
};

/** What the trainer is told, whatever is learned. */
export const commonOptions = (training: FolderTraining) => {
  const { batchSize, seed, flip = false, learningRate = 4e-4, signal, steps, epochs, minutes } = training;
  return {
    ...(signal ? { signal } : {}),
    ...(steps === undefined ? {} : { steps }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(minutes === undefined ? {} : { minutes }),
    batchSize,
    seed,
    flip,
    learningRate,
  };
};
