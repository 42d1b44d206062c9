/**
 * The main job in under two minutes: opens the shipped model, makes a contact sheet of variants, and trains a small
 * classifier for one epoch on images that return from the noise.
 *
 *   npm run demo [-- --data DIR] [--backend NAME]
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import {
  boomerangAugment,
  chooseBackend,
  contactSheet,
  describeBackend,
  loadModel,
  type Model,
  memoryCache,
  writeWhole,
} from 'tfjs-boomerang';
import { sampleVariants } from '../src/cli/sample/sampling.ts';
import { type DemoData, openDemoData } from './demoData.ts';

const STRENGTHS = [0.1, 0.2, 0.4, 0.6, 0.8];
const STEPS = 10;

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, backend: { type: 'string', default: 'auto' } },
});
const out = join(import.meta.dirname, '../demo');

const drawSheet = async (model: Model, { images, labels }: DemoData): Promise<void> => {
  const firsts = (model.labels?.classes ?? []).map((_, label) => labels.indexOf(label)).filter((n) => n >= 0);
  const chosen = firsts.map((n) => images[n] as Float32Array);
  const sampling = { strengths: STRENGTHS, variants: 2, steps: STEPS, solver: 'ddim', seed: 'demo' };
  const { variants, rows } = await sampleVariants(model, chosen, { sampling, onProgress: () => undefined });
  const sheet = await contactSheet({
    shape: model.imageShape,
    columns: [
      { header: 'original', count: 1 },
      ...STRENGTHS.map((strength) => ({ header: `strength ${strength}`, count: 2 })),
    ],
    rows: chosen.map((image, n) => ({
      label: model.labels?.classes?.[labels[firsts[n] as number] as number] ?? '',
      images: [image, ...(variants[n] ?? [])],
    })),
  });
  const path = join(out, 'contact-sheet.png');
  await writeWhole(path, sheet);
  for (const { strength, distance, evaluations } of rows) {
    console.log(`  strength ${strength}: ${evaluations} evaluations, RMS distance ${distance.toFixed(3)}`);
  }
  console.log(`contact sheet: ${relative(process.cwd(), path)}`);
};

type Example = { xs: tf.Tensor; ys: tf.Tensor };

const makeClassifier = (model: Model): layers.Sequential => {
  const classifier = layers.sequential({
    layers: [
      layers.layers.flatten({ inputShape: [...model.imageShape] }),
      layers.layers.dense({ units: 64, activation: 'relu' }),
      layers.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  classifier.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  return classifier;
};

const train = async (model: Model, { images, labels }: DemoData): Promise<void> => {
  const dataset = data.generator(function* () {
    for (const [n, image] of images.entries()) {
      yield { xs: tf.tensor3d(image, [...model.imageShape]), ys: tf.oneHot(labels[n] as number, 10) };
    }
  }) as unknown as data.Dataset<Example>;
  const classifier = makeClassifier(model);
  const cache = memoryCache();
  const start = performance.now();
  const augment = boomerangAugment({ model, seed: 'run-7', strength: 0.2, steps: 5, probability: 0.5, cache });
  const { history } = await classifier.fitDataset(dataset.batch(25).map(augment), {
    epochs: 1,
    callbacks: augment.callback(),
  });
  const seconds = (performance.now() - start) / 1000;
  const { images: count, changed, evaluations, hits, misses, bytes } = augment.stats();
  console.log(`one epoch in ${seconds.toFixed(1)} s: loss ${Number(history['loss']?.[0]).toFixed(3)}`);
  console.log(
    `${changed} of ${count} images returned as variants, ${(changed / seconds).toFixed(1)} a second, ${evaluations} evaluations`,
  );
  console.log(`cache: ${hits} hits, ${misses} misses, ${bytes} bytes`);
  classifier.dispose();
};

console.log(describeBackend(await chooseBackend({ backend: options.backend })));
await mkdir(out, { recursive: true });
const model = await loadModel(join(import.meta.dirname, '../models/fashion-28'));
const found = await openDemoData(model, 300, options.data);
console.log(`images: ${found.source}`);
await drawSheet(model, found);
console.log('training a classifier on dataset.map(boomerangAugment({ model, strength: 0.2, probability: 0.5 }))');
await train(model, found);
model.dispose();
