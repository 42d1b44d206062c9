import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../errors.ts';
import { matchWeights } from '../networks/matchWeights.ts';
import { loadGradients } from './gradients.ts';
import { batchOf, disposeBatch, lessonShapes, lessonWeights, type Run } from './lesson.ts';
import { fittingBatch, measureMemory } from './microBatch.ts';
import { memoryLimit, namingMemory } from './outOfMemory.ts';
import { refuseOtherSettings } from './settings.ts';
import { disposeTrained, readTrained, resumeTrained, startTrained, type Trained } from './trained.ts';
import { collectImages, type TrainingData } from './trainingData.ts';
import type { RunOptions, TrainedRun } from './trainOptions.ts';
import { walkSteps } from './walkSteps.ts';

export const RUN_OPTIONS: Readonly<Record<keyof RunOptions, true>> = {
  config: true,
  steps: true,
  epochs: true,
  minutes: true,
  reserveMs: true,
  batchSize: true,
  microBatch: true,
  learningRate: true,
  warmUp: true,
  ema: true,
  weightDecay: true,
  clipNorm: true,
  flip: true,
  seed: true,
  start: true,
  resume: true,
  onStep: true,
  signal: true,
  clock: true,
};

/**
 * Trains whatever is learned, from the data as they are read into memory.
 *
 * @throws as `trainDenoiser` but for what its lesson refuses.
 */
export const trainRun = async (
  data: TrainingData | Dataset<tf.TensorContainer>,
  options: RunOptions,
  prepare: (images: TrainingData) => Run,
): Promise<TrainedRun> => {
  const { clock = () => performance.now() } = options;
  const began = clock() - (options.resume?.elapsedMs ?? 0);
  await loadGradients();
  const run = prepare('pixels' in data ? data : await collectImages(data));
  let trained: Trained | undefined;
  try {
    return await namingMemory(describeRun(run), async () => {
      trained = startRun(run, options);
      const microBatch = options.microBatch ?? (await chooseMicroBatch(run, trained));
      const state = await walkSteps(run, trained, { ...options, microBatch, began, clock });
      return { weights: await readTrained(trained, 'average'), state, steps: state.step };
    });
  } finally {
    if (trained) disposeTrained(trained);
  }
};

/** The parameters that a run starts from, or goes on with. */
export const startRun = ({ lesson, settings }: Run, { start, resume }: RunOptions): Trained => {
  const shapes = lessonShapes(lesson);
  if (resume) {
    if (resume.settings === undefined) {
      throw new ArgumentError(
        'bad-state',
        'the training state is of an older version: its settings are absent; begin another run',
      );
    }
    refuseOtherSettings('the training state', resume.settings, settings);
    return resumeTrained(shapes, resume);
  }
  return startTrained(start ? new Map(matchWeights(shapes, start)) : lessonWeights(lesson, settings.seed));
};

/** So many images at a time as memory allows: where nothing limits it, all. */
const chooseMicroBatch = async (run: Run, trained: Trained): Promise<number> => {
  const { batchSize } = run.settings;
  if (memoryLimit() === undefined || batchSize === 1) return batchSize;
  return fittingBatch(batchSize, await stepMemory(run, trained));
};

/** Measures what a step of a run takes. */
export const stepMemory = async (run: Run, trained: Trained) => {
  const batch = batchOf(run, 0);
  try {
    return await measureMemory(trained, batch, run.lesson);
  } finally {
    disposeBatch(batch);
  }
};

/** What ran out of memory, for a message. */
export const describeRun =
  ({ settings, images: { imageShape } }: Run) =>
  (): string =>
    `a training on batches of ${settings.batchSize} images of ${imageShape.join(' x ')}`;
