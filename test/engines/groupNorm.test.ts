import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { activations } from '../../src/engines/tfjs/activations.ts';
import { groupNorm } from '../../src/engines/tfjs/groupNorm.ts';
import { expectNoLeak } from '../support/tensors.ts';

const OPTIONS = { groups: 2, epsilon: 1e-3 };
const random = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0.3, 1, 'float32', seed);
const inputs = (): [x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor] => [
  random([2, 3, 4, 6], 1),
  random([6], 2),
  random([6], 3),
];

/** A number that depends on every element of the result in its own way. */
const loss = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(random([2, 3, 4, 6], 4), groupNorm(x, scale, shift, OPTIONS)));

describe('the gradient of a group norm', () => {
  before(() => tf.setBackend('cpu'));
  after(() => tf.setBackend('wasm'));

  for (const [which, name] of ['images', 'scale', 'shift'].entries()) {
    it(`is what small changes of the ${name} say`, () =>
      expectNoLeak(() =>
        tf.tidy(() => {
          const all = inputs();
          const found = (tf.grads(loss as (...inputs: tf.Tensor[]) => tf.Scalar)(all)[which] as tf.Tensor).dataSync();
          const values = (all[which] as tf.Tensor).dataSync();
          const at = (n: number, change: number): number => {
            const moved = values.slice();
            moved[n] = (moved[n] as number) + change;
            const changed = all.map((one, k) => (k === which ? tf.tensor(moved, one.shape) : one));
            return loss(...(changed as typeof all)).dataSync()[0] as number;
          };
          const step = 5e-3;
          for (const n of values.keys()) {
            expect(found[n]).to.be.closeTo((at(n, step) - at(n, -step)) / (2 * step), 5e-3);
          }
          expect(Math.max(...found.map(Math.abs))).to.be.above(0.1);
        }),
      ));
  }

  it('keeps its digits, and those of its value, far from 0', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const [x, scale, shift] = inputs();
        const near = tf.sub(tf.add(x, 128), 128); // what is left of the images up there
        const both = [near, tf.add(near, 128)].map((images) => [
          groupNorm(images, scale, shift, OPTIONS),
          ...tf.grads(loss as (...inputs: tf.Tensor[]) => tf.Scalar)([images, scale, shift]),
        ]);
        const [here = [], there = []] = both;
        expect(here).to.have.lengthOf(4);
        for (const [n, tensor] of here.entries()) expect(there[n]).to.be.tensorCloseTo(tensor, 1e-3);
      }),
    ));
});

describe('the gradient of SiLU', () => {
  it('is s (1 + x (1 - s)) with s = sigmoid(x), far from 0 as well', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const values = [-90, -20, -3, -1.278, -0.5, 0, 0.5, 2, 20, 90];
        const found = tf
          .grad((x) => tf.mul(activations.silu(x), 3))(tf.tensor1d(values))
          .dataSync();
        for (const [n, x] of values.entries()) {
          const s = 1 / (1 + Math.exp(-x));
          expect(found[n]).to.be.closeTo(3 * s * (1 + x * (1 - s)), 1e-5);
        }
      }),
    ));
});
