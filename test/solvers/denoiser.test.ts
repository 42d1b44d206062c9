import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { checkPrediction, cleanEstimate, networkInput, type Prediction } from '../../src/solvers/index.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { gaussian } from './gaussian.ts';

const SHAPE: [number, number, number, number] = [2, 3, 3, 1];

describe('predictions', () => {
  for (const sigma of [0.01, 1, 14, [0.5, 3], 0, [0, 2]]) {
    it(`all lead from sigma ${sigma} to the same clean images`, () =>
      expectNoLeak(() =>
        tf.tidy(() => {
          const [clean, epsilon] = [gaussian(['clean'], SHAPE), gaussian(['epsilon'], SHAPE)];
          const levels = tf.tensor4d([sigma, sigma].flat().slice(0, 2), [2, 1, 1, 1]);
          const x = tf.add(clean, tf.mul(epsilon, levels)) as tf.Tensor4D;
          const scale = tf.sqrt(tf.add(tf.square(levels), 1)); // signal is 1 / scale, noise is sigma / scale
          const velocity = tf.div(tf.sub(epsilon, tf.mul(clean, levels)), scale) as tf.Tensor4D;
          expect(networkInput(x, sigma)).to.be.tensorCloseTo(tf.div(x, scale), 1e-6);
          for (const [prediction, output] of Object.entries({ epsilon, v_prediction: velocity, sample: clean })) {
            const estimate = cleanEstimate(prediction as Prediction, { x, sigma, output });
            expect(estimate, prediction).to.be.tensorCloseTo(clean, 1e-5);
            expect(estimate).to.not.equal(output);
          }
        }),
      ));
  }

  it('refuse a name that is not theirs', () => {
    expect(() => checkPrediction('velocity'))
      .to.throw(ArgumentError, /v_prediction/)
      .with.property('code', 'unknown-prediction');
    expect(() => checkPrediction('epsilon')).to.not.throw();
  });
});
