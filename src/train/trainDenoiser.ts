import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { parseSchedulerConfig, type SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import { ArgumentError, isCount } from '../errors.ts';
import { matchWeights } from '../networks/matchWeights.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../networks/unet2dConfig.ts';
import { adamWStep } from './adamW.ts';
import { denoisingGradients } from './denoisingLoss.ts';
import { drawBatch } from './drawBatch.ts';
import { loadGradients } from './gradients.ts';
import { initialWeights } from './initialWeights.ts';
import {
  disposeTrained,
  parametersOf,
  readState,
  readTrained,
  resumeTrained,
  startTrained,
  type Trained,
  type TrainingState,
} from './trained.ts';
import { collectImages, type TrainingData } from './trainingData.ts';
import type { StepReport, TrainedDenoiser, TrainOptions } from './trainOptions.ts';

/**
 * Trains a denoiser: the network of `config` learns to tell the noise in images. Runs on the backend that is set;
 * needs `@tensorflow/tfjs-layers`, which brings gradients, and on wasm supplies the kernels that are missing.
 *
 * Batches, noise and timesteps are addressed by seed and step: the same run gives the same weights on one backend, and
 * a resumed run goes on as if it had not stopped.
 *
 * @param data images in memory, or a data set of images or `{ xs, ys }`, which is read into memory first.
 * @throws ArgumentError `bad-length`, `bad-batchSize`, `bad-image-shape`, `no-labels`, `bad-state`; CheckpointError for
 * a config that is not supported or weights that do not fit; EnvironmentError `no-gradients`.
 * @see Ho et al. 2020, arXiv:2006.11239, algorithm 1.
 */
export const trainDenoiser = async (
  data: TrainingData | Dataset<tf.TensorContainer>,
  options: TrainOptions,
): Promise<TrainedDenoiser> => {
  await loadGradients();
  const images = 'pixels' in data ? data : await collectImages(data);
  const run = prepare(images, options);
  const fresh = options.start
    ? new Map(matchWeights(parameterShapes(run.config), options.start))
    : initialWeights(run.config, options.seed);
  const trained = options.resume ? resumeTrained(fresh, options.resume) : startTrained(fresh);
  try {
    const state = await walkSteps(run, trained, options);
    const weights = await readTrained(trained, 'average');
    return { config: options.config, scheduler: run.scheduler, weights, state, steps: state.step };
  } finally {
    disposeTrained(trained);
  }
};

type Run = {
  readonly images: TrainingData;
  readonly config: UNet2DConfig;
  readonly scheduler: SchedulerConfig;
  readonly batchSize: number;
  readonly nullLabel: number | undefined;
  /** The share of the run that is done. */
  readonly progress: (done: number, elapsedMs: number) => number;
};

const prepare = (images: TrainingData, options: TrainOptions): Run => {
  const config = parseUNet2DConfig(options.config);
  const scheduler = parseSchedulerConfig(options.scheduler ?? { _class_name: 'DDPMScheduler' });
  const { batchSize = 64 } = options;
  if (!isCount(batchSize))
    throw new ArgumentError('bad-batchSize', `batchSize must be a whole number of at least 1, got ${batchSize}`);
  const [height, width, channels] = images.imageShape;
  const wanted = [...(config.sampleSize ?? [height, width]), config.inChannels];
  if (String(wanted) !== String([height, width, channels])) {
    throw new ArgumentError(
      'bad-image-shape',
      `the config is for images of [${wanted}], these are [${images.imageShape}]; resize them`,
    );
  }
  const table = config.classEmbedding?.kind === 'table' ? config.classEmbedding.rows : undefined;
  if (table !== undefined && !images.labels) {
    throw new ArgumentError(
      'no-labels',
      'the config has classes (num_class_embeds), but the images have no labels; leave it out',
    );
  }
  const most = images.labels?.reduce((a, b) => Math.max(a, b), 0) ?? 0;
  if (table !== undefined && most > table - 2) {
    const rule = `num_class_embeds must be one more than the classes, for the null label: at least ${most + 2}`;
    throw new ArgumentError('no-labels', `${rule}, got ${table}`);
  }
  const nullLabel = table === undefined ? undefined : table - 1;
  return { images, config, scheduler, batchSize, nullLabel, progress: lengthOf(options, images.count, batchSize) };
};

const lengthOf = ({ steps, epochs, minutes }: TrainOptions, count: number, batchSize: number): Run['progress'] => {
  const given = Object.entries({ steps, epochs, minutes }).filter(([, value]) => value !== undefined);
  const [name, value] = given[0] ?? [];
  const isGood = name === 'steps' ? isCount(value) : (value ?? 0) > 0;
  if (given.length !== 1 || !isGood) {
    const got = JSON.stringify(Object.fromEntries(given));
    throw new ArgumentError(
      'bad-length',
      `say how long to train with one of steps, epochs, minutes, above 0; got ${got}`,
    );
  }
  if (minutes !== undefined) return (_, elapsedMs) => elapsedMs / 60_000 / minutes;
  const total = steps ?? Math.ceil(((epochs as number) * count) / batchSize);
  return (done) => done / total;
};

const walkSteps = async (run: Run, trained: Trained, options: TrainOptions): Promise<TrainingState> => {
  const { clock = () => performance.now(), resume, signal, onStep } = options;
  const began = clock() - (resume?.elapsedMs ?? 0);
  let { step, smoothed } = resume ?? { step: 0, smoothed: Number.NaN };
  const stateNow = async (): Promise<TrainingState> => ({
    step,
    smoothed,
    elapsedMs: clock() - began,
    tensors: await readState(trained),
  });
  const moment = { weights: () => readTrained(trained, 'average'), state: stateNow };
  for (let progress = run.progress(step, clock() - began); progress < 1 && !signal?.aborted; ) {
    const start = clock();
    const learningRate = learningRateAt(progress, step, options);
    const loss = await learn(run, trained, { ...options, step, learningRate });
    step += 1;
    smoothed = Number.isNaN(smoothed) ? loss : smoothed + (loss - smoothed) / Math.min(100, step);
    progress = run.progress(step, clock() - began);
    const speed = {
      imagesPerSecond: (run.batchSize * 1000) / (clock() - start),
      secondsLeft: remaining(progress, clock() - began),
    };
    await onStep?.(
      { step, loss, smoothed, learningRate, progress: Math.min(1, progress), ...speed } satisfies StepReport,
      moment,
    );
  }
  return stateNow();
};

const remaining = (progress: number, elapsedMs: number): number =>
  Math.max(0, ((1 - progress) / progress) * (elapsedMs / 1000));

/** Rises in a straight line over the warm-up, then falls along half a cosine to 0 at the end of the run. */
const learningRateAt = (progress: number, step: number, { learningRate = 4e-4, warmUp = 200 }: TrainOptions): number =>
  learningRate * Math.min(1, (step + 1) / (warmUp + 1)) * (0.5 + 0.5 * Math.cos(Math.PI * progress));

type Moment = TrainOptions & { readonly step: number; readonly learningRate: number };

/** One step; gives the loss before it. */
const learn = async (run: Run, trained: Trained, { step, learningRate, ...options }: Moment): Promise<number> => {
  const { seed, dropLabel = 0.1, flip = false, minSnr, ema = 0.999, weightDecay, clipNorm } = options;
  const { images, batchSize, nullLabel, scheduler } = run;
  const timesteps = scheduler.schedule.alphaBar.length;
  const loss = tf.tidy(() => {
    const batch = drawBatch(images, step, { seed, batchSize, timesteps, nullLabel, dropLabel, flip });
    const result = denoisingGradients(parametersOf(trained), batch, { ...run, minSnr });
    const bounds = {
      ...(weightDecay === undefined ? {} : { weightDecay }),
      ...(clipNorm === undefined ? {} : { clipNorm }),
    };
    adamWStep(trained, result.gradients, step + 1, { learningRate, ema, ...bounds });
    return result.loss;
  });
  const [value] = await loss.data();
  loss.dispose();
  return value as number;
};
