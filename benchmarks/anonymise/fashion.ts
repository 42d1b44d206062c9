import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { embedAll } from '../../src/apps/anonymise/embedder.ts';
import type { Embedder, Model } from '../../src/index.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { withLabels } from '../../src/node/data/labelledImages.ts';
import { readIdxDataset } from '../../src/node/idx.ts';
import { loadModel } from '../../src/node/index.ts';
import { trainClassifier } from '../../src/node/trainClassifier.ts';
import { shuffled } from '../../src/random.ts';
import { imagesOf, type PictureSet } from './pictures.ts';
import type { Material, Tried } from './study.ts';
import { NAMES, nameOf, waysOf } from './ways.ts';
import { makeCopies, placesFrom, readCopies, type Work } from './work.ts';

export const FASHION_WAYS = waysOf(NAMES, {
  pixelation: [8, 16, 4, 12, 6, 21, 3, 10],
  blur: [4, 8, 2, 6, 3, 12, 1.5, 5],
});

const TRAINED_ON = 10_000;
const COMPONENTS = 64;
const [CLASSIFIER, PRINCIPAL] = ['a classifier', 'principal components'] as const;
const BATCH = 250;

const CLASSES = Array.from({ length: 10 }, (_, n) => String(n));

/** Is a copy traceable to its item among all 10,000 test items? Items are people of one picture each. */
export const fashionSeen = async (
  { data, model: place, work: folder }: { readonly data: string; readonly model: string; readonly work: string },
  items: number,
  say: Work['say'],
): Promise<Material> => {
  const [train, test] = [await readIdxDataset(data, 'train'), await readIdxDataset(data, 'test')];
  const labelled = withLabels(
    imageSet({ bytes: train.images, imageShape: [28, 28, 1], labels: [...train.labels], classes: CLASSES }),
    data,
  );
  const parts = [0, 1, 2].map((n) => placesFrom(n * TRAINED_ON, (n + 1) * TRAINED_ON));
  const names = placesFrom(0, test.labels.length).map(String);
  const originals: PictureSet = { bytes: test.images, shape: [28, 28, 1], people: names };
  const places = shuffled(placesFrom(0, names.length), ['anonymise-proof', 'items']).slice(0, items);
  const set = {
    bytes: Buffer.concat(places.map((at) => test.images.subarray(at * 784, (at + 1) * 784))),
    shape: originals.shape,
    people: places.map(String),
    labels: places.map((at) => test.labels[at] as number),
  };
  const work: Work = { folder, set, say };
  say('training what judges');
  const [known, other] = [
    await trainClassifier(labelled, { places: parts[0] as number[] }),
    await trainClassifier(labelled, { places: parts[1] as number[] }),
  ];
  const judges: Readonly<Record<string, Embedder>> = {
    [CLASSIFIER]: penultimate(known),
    [PRINCIPAL]: principal(train.images, parts[2] as number[]),
  };
  const seeing = async (pictures: Omit<PictureSet, 'people'>, count: number) => {
    const pairs = Object.entries(judges).map(async ([name, embed]) => {
      const seen = await embedAll(batchesOf(pictures, count), embed, 'pictures');
      return [name, seen] as const;
    });
    return Object.fromEntries(await Promise.all(pairs));
  };
  let opened: Promise<Model> | undefined;
  const model = (): Promise<Model> => (opened ??= loadModel(place, { engine: 'onnx', device: 'cpu' }));
  const tried: Tried[] = [];
  for (const way of FASHION_WAYS) {
    await makeCopies(work, way, model);
    const copies = readCopies(work, way) as PictureSet;
    say(`looking at ${nameOf(way)}`);
    tried.push({ way, copies, seen: await seeing(copies, items) });
  }
  (await opened)?.dispose();
  return {
    ...{ originals, places, tried },
    seen: await seeing(originals, names.length),
    classify: other,
    labels: [...test.labels],
  };
};

async function* batchesOf(pictures: Omit<PictureSet, 'people'>, count: number): AsyncGenerator<tf.Tensor4D> {
  for (let from = 0; from < count; from += BATCH) {
    yield imagesOf(pictures, placesFrom(from, Math.min(count, from + BATCH)));
  }
}

/** What a classifier knows of an image before it decides. */
const penultimate = (classifier: LayersModel): Embedder => {
  const inner = classifier.layers.at(-2)?.output as SymbolicTensor;
  const features = layersModel({ inputs: classifier.inputs, outputs: inner });
  return (images) => features.predict(images) as tf.Tensor2D;
};

/** The directions in which other images differ most. */
const principal = (bytes: Uint8Array, places: readonly number[]): Embedder => {
  const images = imagesOf({ bytes, shape: [28, 28, 1] }, places);
  const [mean, covariance] = tf.tidy(() => {
    const flat = tf.reshape(images, [places.length, 784]);
    const middle = tf.mean(flat, 0);
    const centred = tf.sub(flat, middle);
    return [middle, tf.div(tf.matMul(centred, centred, true), places.length)];
  }) as [tf.Tensor1D, tf.Tensor2D];
  const { eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(covariance.arraySync()), {
    assumeSymmetric: true,
  });
  const columns = placesFrom(784 - COMPONENTS, 784); // the largest come last
  const basis = tf.tensor2d(eigenvectorMatrix.subMatrixColumn(columns).to2DArray());
  tf.dispose([images, covariance]);
  return (batch) => tf.tidy(() => tf.matMul(tf.sub(tf.reshape(batch, [batch.shape[0], 784]), mean), basis));
};
