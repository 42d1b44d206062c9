import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { Weight } from '../engines/tfjs/parameters.ts';
import type { TrainingState } from './trained.ts';

/** Of every training, whatever is learned. */
export type RunOptions = {
  /** The `config.json` of what is trained. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How long to train: one of `steps`, `epochs`, `minutes`. */
  readonly steps?: number;
  readonly epochs?: number;
  /** By `clock`, from the call on; the last step is one that still fits. How many steps that is depends on the machine, so such a run cannot be repeated exactly. */
  readonly minutes?: number;
  /** Milliseconds of `minutes` that are kept for what the caller does after the last step. @defaultValue 0 */
  readonly reserveMs?: number;
  /** @defaultValue 64 */
  readonly batchSize?: number;
  /**
   * So many images of a batch go through the network at a time; the gradients of the parts are summed.
   * @defaultValue as many as memory allows
   */
  readonly microBatch?: number;
  /** At its peak, after the warm-up. @defaultValue 4e-4 */
  readonly learningRate?: number;
  /** Steps in which the learning rate rises. @defaultValue 200 */
  readonly warmUp?: number;
  /** Decay of the moving average of the weights, which is what is used in the end. @defaultValue 0.999 */
  readonly ema?: number;
  /** @defaultValue 0.01 */
  readonly weightDecay?: number;
  /** Gradients longer than this, all together, are shortened to it. @defaultValue 1 */
  readonly clipNorm?: number;
  /** Mirrors every other image, for data in which left and right mean nothing. @defaultValue false */
  readonly flip?: boolean;
  /** Decides every random number. */
  readonly seed: string | number;
  /** Weights to start from, in the layout of checkpoints. @defaultValue random ones */
  readonly start?: ReadonlyMap<string, Weight>;
  /** Goes on where a run stood; options and images must be the same, but for those that do not decide its weights. */
  readonly resume?: TrainingState;
  /** Told after every step; the run waits for it, so it may save and look. */
  readonly onStep?: (report: StepReport, training: Training) => void | Promise<void>;
  /** Ends the run before the next step, or in the middle of one, which then counts for nothing; what was learned is returned. */
  readonly signal?: AbortSignal;
  /** Milliseconds that pass. @defaultValue `performance.now` */
  readonly clock?: () => number;
};

export type TrainOptions = RunOptions & {
  /** The `config.json` of a diffusers `UNet2DModel`; see `PRESETS`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The fields of a `scheduler_config.json`. @defaultValue DDPM's */
  readonly scheduler?: Readonly<Record<string, unknown>>;
  /** Weighs timesteps by min(SNR, gamma) / SNR; 5 is usual. @defaultValue off */
  readonly minSnr?: number;
  /** The share of labels dropped to the null label, which is the last label of the network. @defaultValue 0.1 */
  readonly dropLabel?: number;
};

export type AutoencoderOptions = RunOptions & {
  /** The `config.json` of a diffusers `AutoencoderTiny`. */
  readonly config: Readonly<Record<string, unknown>>;
};

export type StepReport = {
  /** Steps done, those before a resume included. */
  readonly step: number;
  readonly loss: number;
  /** Moving average of the loss over about 100 steps. */
  readonly smoothed: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Share of the run that is done. */
  readonly progress: number;
  readonly secondsLeft: number;
};

/** A run, at a moment. */
export type Training = {
  /** The moving average of the weights, in the layout of checkpoints. */
  weights(): Promise<Map<string, Weight>>;
  /** Everything that a resumed run needs. */
  state(): Promise<TrainingState>;
};

/** What came out: weights by name, and where the run stands. */
export type TrainedRun = {
  /** The moving average of the weights, in the layout of checkpoints. */
  readonly weights: ReadonlyMap<string, Weight>;
  readonly state: TrainingState;
  readonly steps: number;
};

/** What came out, and what it means. */
export type TrainedDenoiser = TrainedRun & {
  readonly config: Readonly<Record<string, unknown>>;
  readonly scheduler: SchedulerConfig;
};

/** What came out, and what it means; its latents have no scale yet. */
export type TrainedAutoencoder = TrainedRun & { readonly config: Readonly<Record<string, unknown>> };
