import { join } from 'node:path';
import type { Weight } from '../../engines/tfjs/parameters.ts';
import { encodeImages, latentData, latentScale } from '../../train/encodeImages.ts';
import type { TrainingState } from '../../train/trained.ts';
import { autoencoderStage } from './autoencoderStage.ts';
import { denoiserStage } from './denoiserStage.ts';
import type { EpsilonError } from './epsilonError.ts';
import type { FolderTraining, TrainingPlan } from './folderTraining.ts';
import { type EncodedImages, LATENTS_FILE, readLatents, writeLatents } from './latentsFile.ts';
import { planLatent, planStage } from './plan.ts';
import type { ReconstructionError } from './reconstructionError.ts';
import type { SplitImages } from './splitImages.ts';
import type { Stage } from './stage.ts';
import { AUTOENCODER_STATE_FILE, type RunFacts, readRun, type SavedRun, STATE_FILE } from './stateFile.ts';
import { type StageEnded, trainStage } from './trainStage.ts';

export type LatentTraining = FolderTraining & {
  readonly model: { readonly autoencoder: Readonly<Record<string, unknown>> };
};

/** What came of both stages; of the first alone where the run was stopped before the second. */
export type LatentEnded = {
  readonly autoencoder: StageEnded<ReconstructionError>;
  readonly denoiser?: StageEnded<EpsilonError>;
  /** Spent by the run before it went on, in both stages. */
  readonly elapsedMs: number;
};

type Way = { readonly out: string; readonly split: SplitImages; readonly began: number };

/**
 * Trains an autoencoder, encodes the images once, and trains a denoiser on their latents. Each stage has its own state;
 * the latents lie beside them as soon as the autoencoder has learned.
 */
export const trainLatent = async (training: LatentTraining, way: Way): Promise<LatentEnded> => {
  const { out, split, began } = way;
  const first = autoencoderStage(out, training, split);
  const facts = factsOf(first, training);
  const state = join(out, AUTOENCODER_STATE_FILE);
  const saved = training.resume ? await readRun<ReconstructionError>(state, facts) : undefined;
  const known = saved && (await readLatents(join(out, LATENTS_FILE)));
  const elapsedMs = saved?.state.elapsedMs ?? 0;
  if (saved && known) {
    const autoencoder = endedBefore(saved, first);
    return { autoencoder, ...(await secondStage(training, { ...way, encoded: known, autoencoder, elapsedMs })) };
  }
  if (saved) training.onResume?.(saved.state.step, 'autoencoder');
  const own = await planUnlessStopped(training, () => planStage(first, training, saved?.state));
  const plan = await planUnlessStopped(training, () => planLatent(training, { ...split, autoencoder: own }));
  if (!training.signal?.aborted) training.onPlan?.(plan);
  const autoencoder = await trainStage(first, training, { state, facts, saved, plan: own, began });
  const ended = { autoencoder, elapsedMs };
  const then = performance.now();
  const encoded = await encodeUnlessStopped(training, { ...way, weights: autoencoder.result.weights, plan: own });
  if (encoded === undefined) return ended;
  return { ...ended, ...(await secondStage(training, { ...way, began: then, encoded, autoencoder, elapsedMs, plan })) };
};

type Second = Way & {
  readonly encoded: EncodedImages;
  readonly autoencoder: StageEnded<ReconstructionError>;
  readonly elapsedMs: number;
  /** Where it is known already. */
  readonly plan?: TrainingPlan;
};

const secondStage = async (training: LatentTraining, second: Second) => {
  const { out, split, encoded, autoencoder, elapsedMs, began } = second;
  const { latents, scale } = encoded;
  const config = { ...training.model.autoencoder, scaling_factor: scale };
  const stage = denoiserStage(out, training, {
    seen: latentData(latents, scale, split.seen.labels),
    held: split.held,
    autoencoder: { config, weights: autoencoder.result.weights },
  });
  const facts = factsOf(stage, training);
  const state = join(out, STATE_FILE);
  const saved = training.resume ? await readRun(state, facts) : undefined;
  if (saved) training.onResume?.(saved.state.step, 'denoiser');
  const plan =
    second.plan ?? (await planUnlessStopped(training, () => planStage(stage, training, saved?.state ?? NO_STANDING)));
  if (second.plan === undefined && !training.signal?.aborted) training.onPlan?.(plan);
  const denoiser = await trainStage(stage, training, { state, facts, saved, plan, began });
  return { denoiser, elapsedMs: elapsedMs + (saved?.state.elapsedMs ?? 0) };
};

const NO_STANDING = { step: 0, elapsedMs: 0 };

/** What must be equal for a stage to go on as if it had not stopped: what the other one is told, too. */
const factsOf = (stage: Stage, { images, model, minutes, steps, epochs }: LatentTraining): RunFacts => ({
  ...stage.prepare().settings,
  data: images.digest,
  length: { minutes: minutes ?? null, steps: steps ?? null, epochs: epochs ?? null },
  denoiser: model.config,
  autoencoder: model.autoencoder,
});

/** A stage that had ended when the run was stopped. */
const endedBefore = (
  { state, history }: SavedRun<ReconstructionError>,
  stage: Stage<ReconstructionError>,
): StageEnded<ReconstructionError> => ({
  result: {
    weights: averages(state),
    state: { ...state, settings: stage.prepare().settings },
    steps: state.step,
  },
  history,
});

const AVERAGE = 'average.';

const averages = ({ tensors }: Pick<TrainingState, 'tensors'>): Map<string, Weight> =>
  new Map(
    [...tensors].flatMap(([name, weight]): [string, Weight][] =>
      name.startsWith(AVERAGE) ? [[name.slice(AVERAGE.length), weight]] : [],
    ),
  );

type Encoding = Way & { readonly weights: ReadonlyMap<string, Weight>; readonly plan: TrainingPlan };

const encodeUnlessStopped = async (
  training: LatentTraining,
  { out, split: { seen }, weights, plan }: Encoding,
): Promise<EncodedImages | undefined> => {
  const { model, signal, flip = false, onEncoding } = training;
  const way = { config: model.autoencoder, weights, flip, batchSize: plan.microBatch, signal };
  const options = { ...way, ...(onEncoding ? { onProgress: onEncoding } : {}) };
  try {
    const latents = await encodeImages(seen, options);
    const encoded = { latents, scale: latentScale(latents) };
    await writeLatents(join(out, LATENTS_FILE), encoded);
    return encoded;
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
};

/** A run that is stopped before it has begun has nothing to plan. */
export const planUnlessStopped = (
  { signal }: FolderTraining,
  plan: () => Promise<TrainingPlan>,
): Promise<TrainingPlan> =>
  plan().catch((error: unknown) => {
    if (!signal?.aborted) throw error;
    const nothing = { secondsPerStep: 0, secondsPerEvaluation: 0, bytes: 0, imagesPerSecond: 0, steps: 0, minutes: 0 };
    return { ...nothing, microBatch: 1, look: { held: 0, sheetSteps: 0, seconds: 0 } };
  });
