import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { fuse } from '../../benchmarks/classifier/fused.ts';
import { makeClassifier } from '../../examples/classifier/model.ts';
import { uniformStream } from '../../src/random.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';

const CLASSES = 3;
const STEPS = 3;

const classifier = (): LayersModel => makeClassifier({ imageShape: [8, 8, 1], classes: CLASSES, seed: 1, width: 4 });

/** All weights after a few steps, those of moving averages too, and what the classifier says then; its losses. */
const afterTraining = async (change: (made: LayersModel) => LayersModel) => {
  const model = change(classifier());
  const next = uniformStream(['fused']);
  const xs = tf.tensor4d(
    Float32Array.from({ length: 6 * 64 }, () => next()),
    [6, 8, 8, 1],
  );
  const ys = tf.tensor2d(
    Float32Array.from({ length: 6 * CLASSES }, (_, n) => (n % CLASSES === Math.floor(n / CLASSES) % CLASSES ? 1 : 0)),
    [6, CLASSES],
  );
  model.compile({ optimizer: tf.train.momentum(0.1, 0.9, true), loss: 'categoricalCrossentropy' });
  const losses: number[] = [];
  await model.trainOnBatch(xs, ys); // makes the variables of the optimizer
  const before = tf.memory().numTensors;
  for (let step = 0; step < STEPS; step += 1) losses.push((await model.trainOnBatch(xs, ys)) as number);
  const leaked = tf.memory().numTensors - before;
  const said = tf.tidy(() => (model.predictOnBatch(xs) as tf.Tensor).arraySync() as number[][]);
  const values = [...model.getWeights().flatMap((weight) => [...weight.dataSync()]), ...said.flat(), ...losses];
  tf.dispose([xs, ys]);
  model.dispose();
  return { values, leaked };
};

describeTfjsNode('a classifier whose layers are fused for training', () => {
  it('learns what it learns otherwise, its moving averages as well, and leaks nothing', async () => {
    const usual = await afterTraining((made) => made);
    const fused = await afterTraining(fuse);
    expect(fused.leaked).to.equal(0);
    expect(fused.values).to.have.length(usual.values.length);
    for (const [n, value] of fused.values.entries()) expect(value).to.be.closeTo(usual.values[n] as number, 1e-4);
  });

  it('replaces the call of every normalisation and rectifier, so that the test above compares two ways', () => {
    const made = classifier();
    const calls = new Map(made.layers.map((layer) => [layer, layer.call]));
    for (const layer of fuse(made).layers) {
      const wanted = ['BatchNormalization', 'ReLU'].includes(layer.getClassName());
      expect(layer.call !== calls.get(layer), layer.getClassName()).to.equal(wanted);
    }
    made.dispose();
  });
});

describe('a classifier whose layers are not fused', () => {
  it('is left as it is on other backends', () => {
    const made = classifier();
    const calls = made.layers.map(({ call }) => call);
    expect(fuse(made).layers.map(({ call }) => call)).to.deep.equal(calls);
    made.dispose();
  });
});
