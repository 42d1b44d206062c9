import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { openClassifier, writeClassifier } from '../../src/node/classifierFile.ts';
import { pixelsAt } from '../../src/node/data/pixels.ts';
import { batchesOf, trainClassifier } from '../../src/node/trainClassifier.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { stripes } from '../support/stripes.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';

const data = stripes(400);
const places = Array.from({ length: 300 }, (_, n) => n);
const unseen = Array.from({ length: 100 }, (_, n) => 300 + n);

const probabilities = (classify: (images: tf.Tensor4D) => tf.Tensor): number[] =>
  tf.tidy(() => Array.from(classify(tf.tensor4d(pixelsAt(data, unseen), [100, 28, 28, 1])).dataSync()));
const accuracy = (values: readonly number[]): number =>
  unseen.filter((place, n) => (values[2 * n + 1] as number) > 0.5 === (data.labels[place] === 1)).length / 100;

const learns = (): void => {
  it('learns to tell images that it has not seen, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const classifier = await trainClassifier(data, { places });
      expect(accuracy(probabilities((images) => classifier.predict(images) as tf.Tensor))).to.be.at.least(0.95);
      classifier.dispose();
    }));
};

describe('trainClassifier', () => {
  learns();

  it('gives the same classifier for the same images', async () => {
    const once = async (): Promise<number[]> => {
      const classifier = await trainClassifier(data, { places, mostBatches: 3 });
      const values = probabilities((images) => classifier.predict(images) as tf.Tensor);
      classifier.dispose();
      return values;
    };
    expect(await once()).to.deep.equal(await once());
  });

  it('says how far it is, batch by batch', async () => {
    const told: number[] = [];
    (await trainClassifier(data, { places, onProgress: (share) => told.push(share) })).dispose();
    expect(told).to.have.lengthOf(batchesOf(300));
    expect(told.at(-1)).to.equal(1);
  });

  it('is refused when it diverges, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const broken = { ...data, bytes: Float32Array.from(data.bytes, (byte, n) => (n === 300 ? Number.NaN : byte)) };
      const error = await rejection(trainClassifier(broken as unknown as typeof data, { places, mostBatches: 3 }));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'diverged');
    }));

  it('leaves no tensors behind when it is stopped', () =>
    expectNoLeak(async () => {
      const stopped = trainClassifier(data, {
        places,
        onProgress: () => {
          throw new Error('stop');
        },
      });
      expect((await rejection(stopped)).message).to.equal('stop');
    }));
});

describeTfjsNode('trainClassifier', learns);

describe('a classifier in a file', () => {
  const path = scratchFolder();

  it('says the same as before it was written, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const trained = await trainClassifier(data, { places, mostBatches: 3 });
      const file = await writeClassifier(trained, path('classifier'));
      const opened = await openClassifier(file, [28, 28, 1], 2);
      expect(probabilities(opened.classify)).to.deep.equal(
        probabilities((images) => trained.predict(images) as tf.Tensor),
      );
      expect(readdirSync(path('classifier')).sort()).to.deep.equal(['model.json', 'weights.bin']);
      opened.dispose();
      trained.dispose();
    }));

  it('is refused for other images or classes than it knows, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const flat = layers.sequential({ layers: [layers.layers.dense({ units: 2, inputShape: [784] })] });
      const file = await writeClassifier(flat, path('flat'));
      flat.dispose();
      const error = await rejection(openClassifier(file, [28, 28, 1], 2));
      expect(error).to.include({ code: 'bad-classifier' });
      expect(error.message).to.match(/\[N, 28, 28, 1\].*\[N, 784\]/);
      const trained = await trainClassifier(data, { places, mostBatches: 1 });
      const known = await writeClassifier(trained, path('known'));
      trained.dispose();
      expect(await rejection(openClassifier(known, [28, 28, 1], 3))).to.include({ code: 'bad-classifier' });
    }));

  it('is refused without its weights, and when it is no model', async () => {
    const trained = await trainClassifier(data, { places, mostBatches: 1 });
    const file = await writeClassifier(trained, path('classifier'));
    trained.dispose();
    rmSync(path('classifier/weights.bin'));
    expect(await rejection(openClassifier(file, [28, 28, 1], 2))).to.include({ code: 'missing-weights' });
    writeFileSync(file, 'hello');
    expect(await rejection(openClassifier(file, [28, 28, 1], 2))).to.include({ code: 'bad-config' });
  });
});
