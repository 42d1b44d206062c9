/**
 * Trains a classifier with few labels, once with classical augmentation and once with Boomerang before it, and compares
 * both on test images:
 *
 *   npm run example -- --data DIR | --download [--labels 100] [--epochs 30] [--backend NAME]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { type Dataset, generator } from '@tensorflow/tfjs-data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  BoomerangError,
  boomerangAugment,
  chooseBackend,
  classical,
  compose,
  type DownloadProgress,
  describeBackend,
  type LabelledImages,
  loadModel,
  registerWasmTrainingKernels,
  type Transform,
} from 'tfjs-boomerang';
import { openData } from './data.ts';
import { makeClassifier } from './model.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    download: { type: 'boolean' },
    labels: { type: 'string', default: '100' },
    epochs: { type: 'string', default: '30' },
    backend: { type: 'string', default: 'auto' },
  },
});

/** The learning rate of the first epoch. */
const RATE = 0.1;

const count = (name: 'labels' | 'epochs'): number => {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ArgumentError(`bad-${name}`, `--${name} takes a whole number of at least 1, got ${options[name]}`);
};

/** The first images of each class. */
const firstOfEach = ({ classes, labels }: LabelledImages, count: number): number[] =>
  classes.flatMap((_, label) => labels.flatMap((own, place) => (own === label ? [place] : [])).slice(0, count));

type Example = { xs: tf.Tensor; ys: tf.Tensor };

/** Images in [0, 1] and their classes, one-hot. */
const datasetOf = (images: LabelledImages, places: readonly number[]): Dataset<Example> =>
  generator(function* () {
    for (const place of places) {
      const pixels = images.pixels(place).map((value) => (value + 1) / 2);
      const ys = tf.oneHot(images.labels[place] as number, images.classes.length);
      yield { xs: tf.tensor(pixels, [...images.imageShape]), ys };
    }
  }) as unknown as Dataset<Example>;

const train = async (images: LabelledImages, augment: Transform): Promise<LayersModel> => {
  const dataset = datasetOf(images, firstOfEach(images, count('labels'))).shuffle(1000, 'run-7');
  const classifier = makeClassifier({ imageShape: images.imageShape, classes: images.classes.length, seed: 1 });
  const optimizer = tf.train.momentum(RATE, 0.9, true);
  classifier.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const epochs = count('epochs');
  const say = async (epoch: number, logs: { loss?: number } = {}): Promise<void> =>
    console.log(`  epoch ${epoch + 1} of ${epochs}: loss ${logs.loss?.toFixed(3)}`);
  const slowDown = async (epoch: number): Promise<void> =>
    optimizer.setLearningRate((RATE * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2);
  // #region fit
  await classifier.fitDataset(dataset.batch(50).map(augment), {
    epochs,
    callbacks: [augment.callback(), { onEpochBegin: slowDown, onEpochEnd: say }],
    verbose: 0,
  });
  // #endregion
  return classifier;
};

const accuracyOf = async (classifier: LayersModel, images: LabelledImages): Promise<number> => {
  classifier.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const dataset = datasetOf(images, [...images.labels.keys()]).batch(250) as Dataset<Example>;
  const [, accuracy] = (await classifier.evaluateDataset(dataset, {})) as [tf.Scalar, tf.Scalar];
  return accuracy.dataSync()[0] as number;
};

const showDownload = ({ file, done, total }: DownloadProgress): void => {
  process.stderr.write(`\r${file}: ${((100 * done) / total).toFixed(0)} %${done === total ? '\n' : ''}`);
};

const main = async (): Promise<void> => {
  console.log(describeBackend(await chooseBackend({ backend: options.backend })));
  if (tf.getBackend() === 'wasm') registerWasmTrainingKernels(); // wasm has no gradients of convolutions itself
  const images = await openData({ ...options, onProgress: showDownload });
  const model = await loadModel(join(import.meta.dirname, '../../models/fashion-28'));
  // #region augment
  const usual = classical({ seed: 'run-7', flip: true, crop: 2 });
  const boomerang = boomerangAugment({
    model,
    seed: 'run-7',
    strength: 0.3, // where `boomerang tune` finds 90 % of labels kept
    probability: 0.5, // of the draws; a quarter and three quarters gave less
    bank: 4, // variants of each image are made once, and take turns
    labels: 'ys',
    softLabels: { gamma: 2 }, // at strength 0.3, 91 % of a label is trusted: as many are kept
  });
  const both = compose(boomerang, usual);
  // #endregion
  for (const [name, augment] of Object.entries({ classical: usual, 'Boomerang and classical': both })) {
    console.log(`${name}, ${options.labels} labels a class of ${images.source}`);
    const start = performance.now();
    const classifier = await train(images.train, augment);
    const seconds = (performance.now() - start) / 1000;
    const accuracy = await accuracyOf(classifier, images.test);
    console.log(
      `${name}: ${(accuracy * 100).toFixed(1)} % of ${images.test.count} test images, ${seconds.toFixed(0)} s`,
    );
    classifier.dispose();
  }
  model.dispose();
};

try {
  await main();
} catch (error) {
  if (!(error instanceof BoomerangError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
