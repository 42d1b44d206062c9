import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bench } from './bench.ts';
import { measureAccuracy } from './measureClassifier.ts';
import type { Pipeline } from './pipeline.ts';
import type { CurvePoint } from './record.ts';

export type Training = {
  readonly classifier: LayersModel;
  readonly pipeline: Pipeline;
  /** Told of every step that was done. */
  readonly afterStep?: ((step: number) => void) | undefined;
};

export type TrainedSteps = {
  readonly curve: readonly CurvePoint[];
  readonly training: number;
  readonly waiting: number;
};

/** Points of a learning curve, and the validation images for one. */
const POINTS = 6;
const POINT_IMAGES = 1000;

/** Trains a classifier on all batches of a pipeline; in seconds, how long that took and how much of it was waiting. */
export const trainSteps = async (
  { train, split, settings: { steps, learningRate } }: Bench,
  { classifier, pipeline, afterStep }: Training,
): Promise<TrainedSteps> => {
  const optimizer = tf.train.momentum(learningRate, 0.9, true);
  classifier.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const curve: CurvePoint[] = [];
  const seconds = { training: 0, waiting: 0 };
  const iterator = await pipeline.batches.iterator();
  let losses = 0;
  let pointStep = 0;
  for (let step = 1; step <= steps; step += 1) {
    optimizer.setLearningRate((learningRate * (1 + Math.cos((Math.PI * (step - 1)) / steps))) / 2);
    const start = performance.now();
    const { value } = await iterator.next();
    const got = performance.now();
    losses += (await classifier.trainOnBatch(value.xs, value.ys)) as number;
    tf.dispose([value.xs, value.ys]);
    seconds.waiting += (got - start) / 1000;
    seconds.training += (performance.now() - start) / 1000;
    afterStep?.(step);
    await new Promise((done) => setImmediate(done)); // a worker is told here, and nowhere else, that nobody waits for it
    if (step < ((curve.length + 1) * steps) / POINTS) continue;
    const validation = measureAccuracy(classifier, train, split.validation.slice(0, POINT_IMAGES));
    curve.push({ step, loss: losses / (step - pointStep), validation });
    [losses, pointStep] = [0, step];
  }
  optimizer.dispose();
  return { curve, ...seconds };
};
