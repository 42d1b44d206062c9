import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Model } from '../../src/models/model.ts';
import { readImage } from '../../src/node/images.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { imageNoise } from '../../src/tensors/noise.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [p, q] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN];
    product += p * q;
    squaresA += p * p;
    squaresB += q * q;
  }
  return product / Math.sqrt(squaresA * squaresB);
};

/** A graph model of somebody else's: 63 million parameters, quantized, in 61 files, with attention as einsum. */
describeShared('anime-64', ['models/anime-64/model.json', 'data/anime-faces'], () => {
  let model: Model;
  before(async () => {
    model = await loadModel(shared('models/anime-64/model.json'), {
      schedule: { num_train_timesteps: 300, cosine: { offset: 0.008, minBeta: 1e-4, maxBeta: 0.9999 } },
      prediction: 'epsilon',
      inputs: { image: 'image_input', time: 'time_input' },
    });
  });
  after(() => model.dispose());

  it('is what its makers say', () => {
    expect(model.imageShape).to.deep.equal([64, 64, 3]);
    expect(model.parameterCount).to.be.closeTo(63.2e6, 0.1e6);
    expect(model.scheduler.schedule.alphaBar).to.have.lengthOf(300);
  });

  it('sees the noise in a face, half of whose variance is noise', () =>
    expectNoLeak(async () => {
      const pixels = await readImage(shared('data/anime-faces/1.png'), model.imageShape);
      const alphaBar = model.scheduler.schedule.alphaBar[150] ?? Number.NaN;
      const noise = imageNoise([['anime-64']], model.imageShape);
      const x = tf.tidy(() => {
        const image = tf.tensor4d(
          pixels.map((value) => 2 * value - 1),
          noise.shape,
        );
        return tf.add<tf.Tensor4D>(tf.mul(image, Math.sqrt(alphaBar)), tf.mul(noise, Math.sqrt(1 - alphaBar)));
      });
      const seen = model.predict(x, 150);
      expect(alphaBar).to.be.closeTo(0.49, 0.01);
      expect(correlation(seen.dataSync(), noise.dataSync())).to.be.within(0.95, 1); // 0.98; NaN is in no interval
      tf.dispose([noise, x, seen]);
    }));
});
