import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect } from 'chai';
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
});
