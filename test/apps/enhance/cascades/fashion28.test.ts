import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { calibrateCascade } from '../../../../src/apps/enhance/cascades/calibrateCascade.ts';
import type { Model } from '../../../../src/models/model.ts';
import { openImages } from '../../../../src/node/data/openImages.ts';
import { loadModel } from '../../../../src/node/loadModel.ts';
import { root } from '../../../support/shared.ts';

const COUNT = 10;

describe('a cascade for models/fashion-28', () => {
  let model: Model;
  let images: tf.Tensor4D;
  before(async () => {
    model = await loadModel(join(root, 'models/fashion-28'));
    const { bytes } = await openImages(join(root, 'examples/images'));
    const some = Float32Array.from(bytes.subarray(0, COUNT * 784), (byte) => byte / 255);
    images = tf.tensor4d(some, [COUNT, 28, 28, 1]);
  });
  after(() => {
    model.dispose();
    images.dispose();
  });

  it('is surely nearer to the truth than what can be had without the model, and than a throw from noise', async () => {
    const options = { factor: 4, degrade: 'mean', evaluations: 5, samples: 1, seed: 'a' } as const;
    const { gain, cascade, points } = await calibrateCascade(model, images, options);
    expect(gain.interval[0]).to.be.above(0);
    expect(cascade.length).to.be.above(1);
    const fromNoise = points.find((point) => point.cascade[0]?.strength === 1);
    expect(fromNoise?.behind.interval[0]).to.be.above(0);
  });

  it('refuses fewer evaluations than a guided step takes', async () => {
    const labels = Array.from({ length: COUNT }, () => 3);
    const options = { factor: 4, guidance: 2, labels, evaluations: 1, seed: 'a' };
    const error = await calibrateCascade(model, images, options).catch((one: unknown) => one);
    expect(error).to.have.property('code', 'bad-evaluations');
  });
});
