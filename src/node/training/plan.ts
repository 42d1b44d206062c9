import { ArgumentError } from '../../errors.ts';
import { parseAutoencoder } from '../../networks/parseAutoencoder.ts';
import { estimateRun } from '../../train/estimateTraining.ts';
import type { TrainingData } from '../../train/trainingData.ts';
import { autoencoderStage } from './autoencoderStage.ts';
import { denoiserStage } from './denoiserStage.ts';
import type { FolderTraining, TrainingPlan } from './folderTraining.ts';
import type { Found } from './history.ts';
import { type LookSize, SHEET_STEPS } from './look.ts';
import { type SplitImages, splitImages } from './splitImages.ts';
import type { Stage } from './stage.ts';

/** Where a run stands that goes on. */
export type Standing = { readonly step: number; readonly elapsedMs: number };

/** The share of a run that looking may take in the end, and what it may take in a short one that has no clock. */
const LOOK_SHARE = 0.15;
const LOOK_SECONDS = 120;
const LEAST_SHEET_STEPS = 4;
const LEAST_HELD = 8;
/** Looks are so many times as far apart as they take. */
export const LOOK_PAUSE = 10;
/** For charts, card and files, and for what the look takes longer than thought. */
const closing = (seconds: number): number => 1.3 * seconds + 2;

/**
 * Measures what a training into a folder would take, in all its stages. Writes nothing, and leaves no tensors behind.
 *
 * @throws ArgumentError `bad-minutes` when not one step fits; those of `trainDenoiser` and `trainAutoencoder`.
 */
export const planTraining = async (training: FolderTraining): Promise<TrainingPlan> => {
  const split = splitImages(training.images);
  const { autoencoder: config } = training.model;
  if (config === undefined) return planStage(denoiserStage('', training, split), training);
  const autoencoder = await planStage(
    autoencoderStage('', { ...training, model: { ...training.model, autoencoder: config } }, split),
    training,
  );
  return planLatent(training, { autoencoder, ...split });
};

type Latent = SplitImages & {
  /** What comes first. */
  readonly autoencoder: TrainingPlan;
};

/** The encoder is half of the autoencoder. */
const ENCODER_SHARE = 0.5;

/** The plan of a denoiser whose latents are still to be made, after that of its autoencoder. */
export const planLatent = async (
  training: FolderTraining,
  { autoencoder, seen, held }: Latent,
): Promise<TrainingPlan> => {
  const latents = blankLatents(training, seen);
  const encoded = seen.count * (training.flip ? 2 : 1);
  const encoding = encoded * autoencoder.secondsPerEvaluation * ENCODER_SHARE;
  const stage = denoiserStage('', training, { seen: latents, held });
  const plan = await planStage(stage, training, { step: 0, elapsedMs: 1000 * encoding });
  return { ...plan, minutes: autoencoder.minutes + encoding / 60 + plan.minutes, autoencoder };
};

/** As large as the latents will be. */
const blankLatents = ({ model }: FolderTraining, { count, imageShape, labels }: TrainingData): TrainingData => {
  const { factor, latentChannels } = parseAutoencoder(model.autoencoder ?? {});
  const [height, width] = imageShape;
  const shape = [height / factor, width / factor, latentChannels] as const;
  const blank = new Float32Array(shape[0] * shape[1] * shape[2]);
  return { count, imageShape: shape, pixels: () => blank, ...(labels ? { labels } : {}) };
};

/** Measures what a stage would take, or what is left of it. */
export const planStage = async <F extends Found>(
  stage: Stage<F>,
  training: FolderTraining,
  standing?: Standing,
): Promise<TrainingPlan> => {
  const began = performance.now();
  const estimate = await estimateRun(stage.prepare, stage.options);
  const { secondsPerStep, secondsPerEvaluation } = estimate;
  const { step = 0, elapsedMs = 0 } = standing ?? {};
  const { minutes, steps, epochs, batchSize } = stage.options;
  const { lookEvery = 5 } = training;
  const seconds =
    minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60 - (elapsedMs + performance.now() - began) / 1000;
  if (step === 0 && secondsPerStep > seconds) {
    throw tooShort(secondsPerStep, { minutes: minutes ?? 0, seconds, share: stage.share });
  }
  const epochSteps = (count: number): number => Math.ceil((count * stage.images) / batchSize);
  const learning = (steps ?? epochSteps(epochs ?? 0)) * secondsPerStep;
  const forLooks = minutes === undefined ? Math.max(LOOK_SECONDS, learning * LOOK_SHARE) : seconds * LOOK_SHARE;
  const size = lookSize(stage.held, forLooks, { secondsPerEvaluation, sheetEvaluations: stage.sheetEvaluations });
  const look = { ...size, seconds: (size.held + size.sheetSteps * stage.sheetEvaluations) * secondsPerEvaluation };
  const pause = Math.max(lookEvery * 60, LOOK_PAUSE * look.seconds);
  const withLooks = (learning: number): number => learning + Math.floor(learning / pause) * look.seconds;
  const end = closing(look.seconds);
  const fitting = (): number => Math.max(0, (seconds - end) / (1 + look.seconds / pause) / secondsPerStep);
  const total = steps ?? (epochs === undefined ? step + Math.floor(fitting()) : epochSteps(epochs));
  const left = withLooks(Math.max(0, total - step) * secondsPerStep) + end;
  return {
    ...estimate,
    imagesPerSecond: batchSize / secondsPerStep,
    steps: Math.max(1, total),
    minutes: Math.min(left, Math.max(0, seconds)) / 60,
    look,
  };
};

/** What a run by the clock keeps for its end, beside what it has spent already. */
export const reserveMs = ({ look }: TrainingPlan): number => 1000 * closing(look.seconds);

/** As much as may be looked at in so many seconds: fewer steps for the sheet, then no sheet, then fewer images. */
export const lookSize = (
  held: number,
  seconds: number,
  {
    secondsPerEvaluation,
    sheetEvaluations,
  }: { readonly secondsPerEvaluation: number; readonly sheetEvaluations: number },
): LookSize => {
  if (held === 0) return { held: 0, sheetSteps: 0 };
  const share = Math.min(1, seconds / ((held + SHEET_STEPS * sheetEvaluations) * secondsPerEvaluation));
  const steps = Math.floor(SHEET_STEPS * share);
  const sheetSteps = steps < LEAST_SHEET_STEPS ? 0 : steps;
  const most = sheetSteps === 0 ? Math.floor(seconds / secondsPerEvaluation) : Math.floor(held * share);
  return { held: Math.min(held, Math.max(LEAST_HELD, most)), sheetSteps };
};

type Short = { readonly minutes: number; readonly seconds: number; readonly share: number };

const tooShort = (secondsPerStep: number, { minutes, seconds, share }: Short): ArgumentError => {
  const need = `a step takes about ${Math.ceil(secondsPerStep)} s, and preparing ${Math.ceil(minutes * 60 - seconds)} s`;
  const least = Math.ceil((minutes * 60 - seconds + 10 * secondsPerStep) / 60 / share);
  return new ArgumentError(
    'bad-minutes',
    `${minutes / share} minutes are too short: ${need}; say ${least}, or take a smaller batch`,
  );
};
