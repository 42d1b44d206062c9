import * as tf from '@tensorflow/tfjs-core';
import { adamWStep } from './adamW.ts';
import { denoisingLoss, type NoisyBatch } from './denoisingLoss.ts';
import { loadGradients } from './gradients.ts';
import { batchGradients } from './learn.ts';
import { bytesOf, fittingBatch, imagesOf } from './microBatch.ts';
import { namingMemory } from './outOfMemory.ts';
import { batchOf, prepareRun, type Run } from './prepareRun.ts';
import { describeRun, startRun, stepMemory } from './trainDenoiser.ts';
import { disposeTrained, parametersOf, type Trained } from './trained.ts';
import type { TrainingData } from './trainingData.ts';
import type { TrainOptions } from './trainOptions.ts';

/** What a training takes on the backend that is set, measured on a part of a step. */
export type TrainingEstimate = {
  readonly secondsPerStep: number;
  /** Seconds in which the network looks at one image, without learning. */
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
export const estimateTraining = async (data: TrainingData, options: TrainOptions): Promise<TrainingEstimate> => {
  await loadGradients();
  const run = prepareRun(data, options);
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
  const part = tf.tidy(() => imagesOf(batch, 0, images) as NoisyBatch & tf.TensorContainerObject);
  tf.dispose([batch.clean, batch.noise]);
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
    tf.dispose([part.clean, part.noise]);
  }
};

const timeEvaluation = async (run: Run, trained: Trained, batch: NoisyBatch): Promise<number> => {
  const images = Math.min(LOOKED_AT, batch.timesteps.length);
  const began = performance.now();
  const loss = tf.tidy(() => denoisingLoss(parametersOf(trained), imagesOf(batch, 0, images), run));
  await loss.data();
  loss.dispose();
  return (performance.now() - began) / images / 1000;
};
