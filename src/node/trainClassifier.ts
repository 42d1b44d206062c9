import * as tf from '@tensorflow/tfjs-core';
import type { layers as Layers, Sequential } from '@tensorflow/tfjs-layers';
import { mayBeAbsent, optionalPackage } from '../engines/tfjs/optionalPackage.ts';
import { ArgumentError } from '../errors.ts';
import { shuffled } from '../random.ts';
import { breathe } from '../train/breathe.ts';
import { namingMemory } from '../train/outOfMemory.ts';
import { classRows } from './data/classRows.ts';
import type { LabelledImages } from './data/labelledImages.ts';
import { pixelsAt } from './data/pixels.ts';

export type TrainOptions = {
  /** The images to train on, by their places. */
  readonly places: readonly number[];
  /** Stops after so many batches, for who wants to know how long they take. @defaultValue all */
  readonly mostBatches?: number;
  /** Waited for after every batch; what it throws ends the training. */
  readonly onProgress?: (share: number) => unknown;
};

const BATCH = 128;
const EPOCHS = 6;
const LEARNING_RATE = 0.002;

/** Batches of a whole training. */
export const batchesOf = (count: number): number => Math.ceil(count / BATCH) * EPOCHS;

/**
 * Trains a small classifier: convolutions on tfjs-node, two dense layers elsewhere. Equal images and places give equal
 * batches in equal order.
 *
 * @returns a layers model from images in [0, 1] to probabilities of classes, owned by the caller.
 * @throws EnvironmentError `missing-package` without `@tensorflow/tfjs-layers`, `out-of-memory`.
 * @throws ArgumentError `diverged` when a loss or a weight is not finite: there is no classifier then.
 */
export const trainClassifier = async (data: LabelledImages, options: TrainOptions): Promise<Sequential> => {
  const { places, mostBatches = Number.POSITIVE_INFINITY, onProgress } = options;
  const classifier = await buildClassifier(data);
  const optimizer = tf.train.adam(LEARNING_RATE);
  classifier.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const all = batchesOf(places.length);
  const total = Math.min(mostBatches, all);
  try {
    let done = 0;
    for (const batch of epochBatches(places)) {
      if (done >= total) break;
      await breathe();
      // There is no schedule of learning rates in tfjs; its optimizers read this field at every step.
      (optimizer as unknown as { learningRate: number }).learningRate = LEARNING_RATE * (1 - done / all);
      const what = (): string => `a classifier on batches of ${BATCH} images of ${data.imageShape.join(' x ')}`;
      const loss = await namingMemory(what, () => trainOnBatch(classifier, data, batch));
      done += 1;
      refuseDiverged(loss, done);
      onProgress?.(done / total);
    }
    refuseDiverged(await noughtOf(classifier), done);
    return classifier;
  } catch (error) {
    classifier.dispose();
    throw error;
  } finally {
    optimizer.dispose();
  }
};

/** Where a loss is not finite, or the weights are not, since `relu` on wasm makes zeros of what is no number. */
const refuseDiverged = (value: number, step: number): void => {
  if (Number.isFinite(value)) return;
  const remedy = 'look for images or labels that are no numbers, or name a classifier that is trained (--classifier)';
  throw new ArgumentError('diverged', `the classifier diverged: ${value} after ${step} batches; ${remedy}`);
};

/** 0 where all weights are finite, else NaN. */
const noughtOf = async (classifier: Sequential): Promise<number> => {
  const sum = tf.tidy(() => tf.addN(classifier.getWeights().map((weight) => tf.sum(tf.mul(weight, 0)))));
  try {
    return (await sum.data())[0] as number;
  } finally {
    sum.dispose();
  }
};

/**
 * Whether convolutions can be trained fast here. On wasm they can be trained, too, but take 1.3 ms for each image of
 * 28 x 28 on two cores: more than five minutes for six epochs of 50,000, where dense layers take less than one.
 */
export const trainsConvolutions = (): boolean => tf.getBackend() === 'tensorflow';

const buildClassifier = async ({ imageShape, classes }: LabelledImages): Promise<Sequential> => {
  const { initializers, layers, sequential } = await optionalPackage('@tensorflow/tfjs-layers', () =>
    import('@tensorflow/tfjs-layers').catch(mayBeAbsent),
  );
  let seed = 0;
  const start = () => ({ kernelInitializer: initializers.heNormal({ seed: ++seed }) }); // 0 would be no seed
  const features = trainsConvolutions() ? convolutions(layers, imageShape, start) : [];
  return sequential({
    layers: [
      layers.inputLayer({ inputShape: [...imageShape] }),
      ...features,
      layers.flatten(),
      layers.dense({ units: 128, activation: 'relu', ...start() }),
      layers.dense({ units: classes.length, activation: 'softmax', ...start() }),
    ],
  });
};

type Start = () => {
  readonly kernelInitializer: ReturnType<typeof import('@tensorflow/tfjs-layers')['initializers']['heNormal']>;
};

/** Blocks that halve the images until they are about 7 pixels high. */
const convolutions = (layers: typeof Layers, [height]: LabelledImages['imageShape'], start: Start) =>
  Array.from({ length: Math.max(1, Math.round(Math.log2(height / 7))) }, (_, n) => [
    layers.conv2d({
      filters: Math.min(128, 16 * 2 ** n),
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      ...start(),
    }),
    layers.maxPooling2d({ poolSize: 2 }),
  ]).flat();

function* epochBatches(places: readonly number[]): Generator<readonly number[]> {
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const order = shuffled(places, ['train classifier', epoch]); // tfjs-layers would shuffle with Math.random
    for (let start = 0; start < order.length; start += BATCH) yield order.slice(start, start + BATCH);
  }
}

/** @returns the loss before it. */
const trainOnBatch = async (
  classifier: Sequential,
  data: LabelledImages,
  places: readonly number[],
): Promise<number> => {
  const images = tf.tensor4d(pixelsAt(data, places), [places.length, ...data.imageShape]);
  const labels = classRows(
    places.map((place) => data.labels[place] as number),
    data.classes.length,
  );
  try {
    return (await classifier.trainOnBatch(images, labels)) as number; // it has no metrics, so that is all
  } finally {
    tf.dispose([images, labels]);
  }
};
