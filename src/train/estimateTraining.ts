import * as tf from '@tensorflow/tfjs-core';
import { adamWStep } from './adamW.ts';
import { prepareDenoising } from './denoising.ts';
import { loadGradients } from './gradients.ts';
import { batchGradients } from './learn.ts';
import { type Batch, batchOf, disposeBatch, imagesOf, type Run, sizeOf } from './lesson.ts';
import { bytesOf, fittingBatch } from './microBatch.ts';
import { namingMemory } from './outOfMemory.ts';
import { disposeTrained, parametersOf, type Trained } from './trained.ts';
import type { TrainingData } from './trainingData.ts';
import type { RunOptions, TrainOptions } from './trainOptions.ts';
import { describeRun, startRun, stepMemory } from './trainRun.ts';

/** What a training takes on the backend that is set, measured on a part of a step. */
export type TrainingEstimate = {
  readonly secondsPerStep: number;
  /** Seconds in which the networks look at one image, without learning. */
  readonly secondsPerEvaluation: number;
  /** So many images of a batch go through the network at a time. */
  readonly microBatch: number;
  /** Bytes of tensors at the height of a step. */
  readonly bytes: number;
};

/** More of them take as long for each image. */
const MOST_TIMED = 16;
const LOOKED_AT = 6;

/**
 * Measures what a training would take, and leaves nothing behind.
 *
 * @throws as `trainDenoiser`; whatever `signal` was aborted with.
 */
export const estimateTraining = (data: TrainingData, options: TrainOptions): Promise<TrainingEstimate> =>
  estimateRun(() => prepareDenoising(data, options), options);

/** As `estimateTraining`, for whatever is learned. */
export const estimateRun = async (prepare: () => Run, options: RunOptions): Promise<TrainingEstimate> => {
  await loadGradients();
  const run = prepare();
  let trained: Trained | undefined;
  try {
    return await namingMemory(describeRun(run), async () => {
      trained = startRun(run, options);
      const memory = await stepMemory(run, trained); // the first steps are slower than the others, too
      const microBatch = options.microBatch ?? fittingBatch(run.settings.batchSize, memory);
      options.signal?.throwIfAborted();
      return { ...(await timeStep(run, trained, microBatch)), microBatch, bytes: bytesOf(microBatch, memory) };
    });
  } finally {
    if (trained) disposeTrained(trained);
  }
};

const timeStep = async (run: Run, trained: Trained, microBatch: number) => {
  const { batchSize, learningRate } = run.settings;
  const images = Math.min(microBatch, MOST_TIMED);
  const began = performance.now();
  const batch = batchOf(run, 0);
  const drawn = performance.now();
  const part = tf.tidy(() => imagesOf(batch, 0, images) as Batch & tf.TensorContainerObject);
  disposeBatch(batch);
  try {
    const slope = await batchGradients(trained, part, { ...run, microBatch });
    if (slope === undefined) throw new Error('a batch has at least one image');
    await slope.loss.data();
    const learned = performance.now();
    const { rows, norm, rest } = adamWStep(trained, slope.gradients, { ...run.settings, learningRate, step: 1 });
    await rest.data();
    tf.dispose([...Object.values(rows), norm, rest, slope.loss, ...slope.gradients]);
    const updated = performance.now();
    return {
      secondsPerStep: (((learned - drawn) * batchSize) / images + drawn - began + updated - learned) / 1000,
      secondsPerEvaluation: await timeEvaluation(run, trained, part),
    };
  } finally {
    disposeBatch(part);
  }
};

const timeEvaluation = async ({ lesson }: Run, trained: Trained, batch: Batch): Promise<number> => {
  const images = Math.min(LOOKED_AT, sizeOf(batch));
  const began = performance.now();
  const loss = tf.tidy(() => lesson.loss(parametersOf(trained), imagesOf(batch, 0, images)));
  await loss.data();
  loss.dispose();
  return (performance.now() - began) / images / 1000;
};
