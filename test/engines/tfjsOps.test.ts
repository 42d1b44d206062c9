import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients; tfjs-core alone has none
import { expect } from 'chai';
import { tfjsOps } from '../../src/engines/tfjs/ops.ts';
import { checkpointLayout, tfjsLayout } from '../../src/engines/tfjs/parameters.ts';
import type { Activation } from '../../src/networks/ops.ts';
import { formula } from '../networks/formula.ts';

const map = (name: string, shape: number[]): tf.Tensor => tf.tensor(formula(name, shape), shape);
const tidily = (body: () => void) => (): void => {
  tf.tidy(body);
};

describe('tfjsOps', () => {
  it(
    'groupNorm gives each group mean 0 and variance 1, however far from 0 it was',
    tidily(() => {
      for (const offset of [0, 1000]) {
        const x = tf.add(tf.mul(map('x', [2, 4, 6, 8]), 3), offset);
        const y = tfjsOps.groupNorm(x, tf.ones([8]), tf.zeros([8]), { groups: 4, epsilon: 1e-12 });
        const { mean, variance } = tf.moments(tf.reshape(y, [2, 24, 4, 2]), [1, 3]);
        expect(mean).to.be.tensorCloseTo(tf.zeros([2, 4]), 1e-4);
        expect(variance).to.be.tensorCloseTo(tf.ones([2, 4]), 1e-4);
      }
    }),
  );

  it(
    'groupNorm scales and shifts channel by channel',
    tidily(() => {
      const x = map('x', [1, 4, 4, 4]);
      const [scale, shift] = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([5, 6, 7, 8])];
      const plain = tfjsOps.groupNorm(x, tf.ones([4]), tf.zeros([4]), { groups: 2, epsilon: 1e-5 });
      const y = tfjsOps.groupNorm(x, scale, shift, { groups: 2, epsilon: 1e-5 });
      expect(y).to.be.tensorCloseTo(tf.add(tf.mul(plain, scale), shift), 1e-5);
    }),
  );

  it(
    'conv2d pads each side by what it is told',
    tidily(() => {
      const delta = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [3, 3, 1, 1]); // hands on the pixel under its middle
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1]);
      const at = (padding: [number, number, number, number]) =>
        Array.from(tfjsOps.conv2d(x, delta, tf.tensor1d([100]), { stride: 2, padding }).dataSync());
      expect(at([1, 1, 1, 1])).to.deep.equal([101, 103, 109, 111]);
      expect(at([0, 1, 0, 1])).to.deep.equal([106, 108, 114, 116]);
    }),
  );

  it(
    'attention with equal keys gives every position the mean of the values',
    tidily(() => {
      const eye = tf.eye(8);
      const zero = { weight: tf.zeros([8, 8]), bias: tf.zeros([8]) };
      const same = { weight: eye, bias: tf.zeros([8]) };
      const x = map('x', [2, 2, 3, 8]);
      const y = tfjsOps.attention(x, { query: same, key: zero, value: same, out: same }, { count: 2, dim: 4 });
      expect(y).to.be.tensorCloseTo(tf.add(tf.zerosLike(x), tf.mean(x, [1, 2], true)), 1e-6);
    }),
  );

  it(
    'attention agrees with its formula where wasm takes batches apart',
    tidily(() => {
      const [positions, channels] = [144, 64];
      const x = map('x', [2, 12, 12, channels]);
      const weight = (name: string) => ({
        weight: tf.mul(map(name, [channels, channels]), 0.3),
        bias: map(`${name}.bias`, [channels]),
      });
      const weights = { query: weight('q'), key: weight('k'), value: weight('v'), out: weight('o') };
      const rows = tf.reshape(x, [2 * positions, channels]);
      const project = ({ weight, bias }: { weight: tf.Tensor; bias: tf.Tensor }): tf.Tensor =>
        tf.reshape(tf.add(tf.matMul(rows, weight), bias), [2, positions, channels]);
      const shares = tf.softmax(
        tf.div(tf.matMul(project(weights.query), project(weights.key), false, true), Math.sqrt(channels)),
      );
      const mixed = tf.reshape(tf.matMul(shares, project(weights.value)), [2 * positions, channels]);
      const expected = tf.reshape(tf.add(tf.matMul(mixed, weights.out.weight), weights.out.bias), x.shape);
      expect(tfjsOps.attention(x, weights, { count: 1, dim: channels })).to.be.tensorCloseTo(expected, 2e-5);
    }),
  );

  it(
    'upsample2x repeats pixels and averagePool2x takes them back',
    tidily(() => {
      const x = map('x', [2, 3, 5, 4]);
      expect(tfjsOps.averagePool2x(tfjsOps.upsample2x(x))).to.be.tensorCloseTo(x, 1e-6);
    }),
  );

  it(
    'sinusoid gives sines and cosines of timesteps times frequencies, in either order',
    tidily(() => {
      const at = (order: 'sin-cos' | 'cos-sin') => tfjsOps.sinusoid(tf.tensor1d([3, 500]), [1, 0.01], order);
      const angles = [3, 0.03, 500, 5];
      const [a, b, c, d] = [angles.map(Math.sin), angles.map(Math.cos)].flatMap((v) => [v.slice(0, 2), v.slice(2)]) as [
        number[],
        number[],
        number[],
        number[],
      ];
      expect(at('sin-cos')).to.be.tensorCloseTo(
        tf.tensor2d([
          [...a, ...c],
          [...b, ...d],
        ]),
        1e-5,
      );
      expect(at('cos-sin')).to.be.tensorCloseTo(
        tf.tensor2d([
          [...c, ...a],
          [...d, ...b],
        ]),
        1e-5,
      );
    }),
  );

  it(
    'embedding picks rows of a table given in the layout of a checkpoint',
    tidily(() => {
      const table = tfjsLayout({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
      const rows = tfjsOps.embedding(table, tf.tensor1d([2, 0], 'int32'));
      expect(rows).to.be.tensorCloseTo(
        tf.tensor2d([
          [5, 6],
          [1, 2],
        ]),
        0,
      );
    }),
  );

  // values of torch 2.13 at -3, -1, 0, 0.5, 2
  const ACTIVATED: Record<Activation, readonly number[]> = {
    silu: [-0.14227761, -0.26894143, 0, 0.31122967, 1.7615942],
    gelu: [-0.00404951, -0.15865526, 0, 0.34573123, 1.9544997],
    'quick-gelu': [-0.01807131, -0.15420423, 0, 0.35038844, 1.9356586],
    relu: [0, 0, 0, 0.5, 2],
    mish: [-0.14564776, -0.30340147, 0, 0.37524524, 1.943959],
    tanh: [-0.9950548, -0.7615942, 0, 0.46211717, 0.9640276],
  };
  for (const [name, expected] of Object.entries(ACTIVATED) as [Activation, number[]][]) {
    it(
      `${name} is PyTorch's`,
      tidily(() => {
        const y = tfjsOps.activate(tf.tensor1d([-3, -1, 0, 0.5, 2]), name);
        expect(y).to.be.tensorCloseTo(tf.tensor1d(expected), 1e-6);
      }),
    );
  }
});

describe('layouts of parameters', () => {
  for (const shape of [[4], [3, 5], [2, 3, 1, 4]]) {
    it(
      `go to tfjs and back for rank ${shape.length}`,
      tidily(() => {
        const data = formula('weight', shape);
        const back = checkpointLayout(tfjsLayout({ shape, data }));
        expect(back).to.be.tensorCloseTo(tf.tensor(data, shape), 0);
      }),
    );
  }
});

describe('gradients of linear operations', () => {
  const conv = (x: tf.Tensor) =>
    tfjsOps.conv2d(x, map('filter', [3, 3, 4, 4]), tf.zeros([4]), { stride: 2, padding: [1, 1, 1, 1] });
  const LINEAR = [
    ['cpu', 'upsample2x', (x: tf.Tensor) => tfjsOps.upsample2x(x)],
    ['wasm', 'upsample2x', (x: tf.Tensor) => tfjsOps.upsample2x(x)],
    ['cpu', 'averagePool2x', (x: tf.Tensor) => tfjsOps.averagePool2x(x)],
    ['wasm', 'averagePool2x', (x: tf.Tensor) => tfjsOps.averagePool2x(x)],
    ['cpu', 'conv2d', conv],
  ] as const;
  afterEach(() => tf.setBackend('wasm'));
  for (const [backend, name, operation] of LINEAR) {
    it(`${name} on ${backend}: the gradient of <Ax, y> is Aᵀy`, async () => {
      await tf.setBackend(backend);
      tidily(() => {
        const x = map('x', [2, 4, 6, 4]);
        const y = map('y', operation(x).shape);
        const transposed = tf.grad((at) => tf.sum(tf.mul(operation(at), y)))(map('elsewhere', x.shape));
        expect(tf.sum(tf.mul(transposed, x))).to.be.tensorCloseTo(tf.sum(tf.mul(operation(x), y)), 1e-3);
      })();
    });
  }
});
