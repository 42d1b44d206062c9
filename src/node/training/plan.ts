import { ArgumentError } from '../../errors.ts';
import { estimateTraining } from '../../train/estimateTraining.ts';
import { type FolderTraining, optionsOf, type TrainingPlan } from './folderTraining.ts';
import { type LookSize, SHEET_EVALUATIONS, SHEET_STEPS } from './look.ts';
import { splitImages } from './splitImages.ts';

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
 * Measures what a training into a folder would take. Writes nothing, and leaves no tensors behind.
 *
 * @throws ArgumentError `bad-minutes` when not one step fits; those of `trainDenoiser`.
 */
export const planTraining = async (training: FolderTraining, standing?: Standing): Promise<TrainingPlan> => {
  const began = performance.now();
  const { seen, held } = splitImages(training.images);
  const estimate = await estimateTraining(seen, optionsOf(training));
  const { secondsPerStep, secondsPerEvaluation } = estimate;
  const { step = 0, elapsedMs = 0 } = standing ?? {};
  const { minutes, steps, epochs, batchSize, lookEvery = 5 } = training;
  const seconds =
    minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60 - (elapsedMs + performance.now() - began) / 1000;
  if (standing === undefined && secondsPerStep > seconds) throw tooShort(secondsPerStep, { minutes, seconds });
  const learning = (steps ?? Math.ceil(((epochs ?? 0) * seen.count) / batchSize)) * secondsPerStep;
  const forLooks = minutes === undefined ? Math.max(LOOK_SECONDS, learning * LOOK_SHARE) : seconds * LOOK_SHARE;
  const size = lookSize(held?.count ?? 0, forLooks, secondsPerEvaluation);
  const look = { ...size, seconds: (size.held + size.sheetSteps * SHEET_EVALUATIONS) * secondsPerEvaluation };
  const pause = Math.max(lookEvery * 60, LOOK_PAUSE * look.seconds);
  const withLooks = (learning: number): number => learning + Math.floor(learning / pause) * look.seconds;
  const end = closing(look.seconds);
  const fitting = (): number => Math.max(0, (seconds - end) / (1 + look.seconds / pause) / secondsPerStep);
  const total =
    steps ?? (epochs === undefined ? step + Math.floor(fitting()) : Math.ceil((epochs * seen.count) / batchSize));
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
export const lookSize = (held: number, seconds: number, secondsPerEvaluation: number): LookSize => {
  if (held === 0) return { held: 0, sheetSteps: 0 };
  const share = Math.min(1, seconds / ((held + SHEET_STEPS * SHEET_EVALUATIONS) * secondsPerEvaluation));
  const steps = Math.floor(SHEET_STEPS * share);
  const sheetSteps = steps < LEAST_SHEET_STEPS ? 0 : steps;
  const most = sheetSteps === 0 ? Math.floor(seconds / secondsPerEvaluation) : Math.floor(held * share);
  return { held: Math.min(held, Math.max(LEAST_HELD, most)), sheetSteps };
};

const tooShort = (
  secondsPerStep: number,
  { minutes = 0, seconds }: { readonly minutes: number | undefined; readonly seconds: number },
): ArgumentError => {
  const need = `a step takes about ${Math.ceil(secondsPerStep)} s, and preparing took ${Math.ceil(minutes * 60 - seconds)} s`;
  const least = Math.ceil((minutes * 60 - seconds + 10 * secondsPerStep) / 60);
  return new ArgumentError(
    'bad-minutes',
    `${minutes} minutes are too short: ${need}; say ${least}, or take a smaller batch`,
  );
};
