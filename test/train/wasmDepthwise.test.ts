import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

type Shape = [number, number, number, number];
type Case = readonly [name: string, images: Shape, filter: Shape, strides: [number, number], pad: 'same' | 'valid'];

const CASES: readonly Case[] = [
  ['3 x 3, same', [2, 7, 6, 3], [3, 3, 3, 1], [1, 1], 'same'],
  ['3 x 3, valid', [2, 7, 6, 3], [3, 3, 3, 1], [1, 1], 'valid'],
  ['3 x 3, twice as deep', [2, 7, 6, 3], [3, 3, 3, 2], [1, 1], 'same'],
  ['3 x 3, three times as deep, stride 2', [2, 7, 6, 2], [3, 3, 2, 3], [2, 2], 'valid'],
  ['3 x 3, stride 2 on even sizes, same', [3, 8, 8, 2], [3, 3, 2, 1], [2, 2], 'same'],
  ['3 x 3, stride 3 past the end', [1, 8, 7, 2], [3, 3, 2, 1], [3, 3], 'same'],
  ['5 x 5, larger than the image', [2, 3, 4, 2], [5, 5, 2, 1], [1, 1], 'same'],
  ['2 x 2, stride 2', [2, 6, 6, 2], [2, 2, 2, 2], [2, 2], 'valid'],
  ['1 x 1', [2, 5, 5, 4], [1, 1, 4, 1], [1, 1], 'valid'],
  ['1 x 1, stride 2', [2, 5, 6, 4], [1, 1, 4, 2], [2, 2], 'same'],
  ['one channel', [2, 6, 5, 1], [3, 3, 1, 4], [1, 1], 'same'],
  ['one pixel', [1, 1, 1, 2], [3, 3, 2, 1], [1, 1], 'same'],
];
const seeded = (shape: Shape, seed: number): tf.Tensor4D => tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', seed);

const lossOf =
  ([, , , strides, pad]: Case) =>
  (images: tf.Tensor, filter: tf.Tensor): tf.Scalar =>
    tf.sum(tf.square(tf.depthwiseConv2d(images as tf.Tensor4D, filter as tf.Tensor4D, strides, pad)));

/** The gradients for images and filter, on the backend that is set. */
const gradientsOf = (one: Case): [images: Float32Array, filter: Float32Array] =>
  tf.tidy(() => {
    const gradients = tf.grads(lossOf(one))([seeded(one[1], 3), seeded(one[2], 4)]);
    return gradients.map((gradient) => gradient.dataSync<'float32'>().slice()) as [Float32Array, Float32Array];
  });

describe('depthwise convolutions on wasm', () => {
  before(() => registerWasmTrainingKernels());
  afterEach(() => tf.setBackend('wasm'));

  for (const one of CASES) {
    it(`have the gradients of the cpu backend: ${one[0]}`, () =>
      expectNoLeak(async () => {
        const wasm = gradientsOf(one);
        await tf.setBackend('cpu');
        for (const [n, wanted] of gradientsOf(one).entries()) {
          const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          expect(largest).to.be.above(0);
          expect(largestDifference(wasm[n] as Float32Array, wanted) / largest).to.be.below(1e-5);
        }
        await tf.setBackend('wasm');
      }));

    it(`have the gradients that finite differences give: ${one[0]}`, () => {
      tf.tidy(() => {
        const at: [tf.Tensor4D, tf.Tensor4D] = [seeded(one[1], 3), seeded(one[2], 4)];
        const loss = lossOf(one);
        const gradients = tf.grads(loss)(at);
        for (const [n, gradient] of gradients.entries()) {
          const way = seeded(gradient.shape as Shape, 5);
          const along = (step: number): number => {
            const moved = at.map((tensor, m) => (m === n ? tf.add(tensor, tf.mul(way, step)) : tensor));
            return loss(moved[0] as tf.Tensor, moved[1] as tf.Tensor).dataSync()[0] as number;
          };
          const found = tf.sum(tf.mul(gradient, way)).dataSync()[0] as number;
          const scale = Math.sqrt((tf.sum(tf.square(gradient)).dataSync()[0] as number) * way.size);
          expect(Math.abs(found - (along(1e-2) - along(-1e-2)) / 2e-2) / scale).to.be.below(1e-3);
        }
      });
    });
  }

  it('are refused in one line with dilations, of which tfjs has no gradient on any backend', () => {
    const dilated = (filter: tf.Tensor): tf.Scalar =>
      tf.sum(tf.depthwiseConv2d(seeded([1, 7, 7, 2], 3), filter as tf.Tensor4D, 1, 'same', 'NHWC', 2));
    tf.tidy(() => {
      expect(() => tf.grad(dilated)(seeded([3, 3, 2, 1], 4))).to.throw(/depthwiseConv2dNative: dilation rates/);
    });
  });
});

describe('a network of separable convolutions', () => {
  before(() => registerWasmTrainingKernels());

  it('learns on wasm with fit', async () => {
    const { layers: l } = layers;
    await expectNoLeak(async () => {
      const seed = (n: number) => layers.initializers.glorotUniform({ seed: n });
      const net = layers.sequential({
        layers: [
          l.depthwiseConv2d({
            inputShape: [8, 8, 2],
            kernelSize: 3,
            depthMultiplier: 2,
            depthwiseInitializer: seed(1),
          }),
          l.separableConv2d({
            ...{ filters: 6, kernelSize: 3, strides: 2, depthMultiplier: 2, activation: 'relu' },
            ...{ depthwiseInitializer: seed(2), pointwiseInitializer: seed(3) },
          }),
          l.flatten(),
          l.dense({ units: 1, activation: 'sigmoid', kernelInitializer: seed(4) }),
        ],
      });
      const optimizer = tf.train.adam(0.03);
      net.compile({ optimizer, loss: 'binaryCrossentropy' });
      const xs = tf.randomUniform([64, 8, 8, 2], 0, 1, 'float32', 5);
      const ys = tf.tidy(() =>
        tf.cast(tf.greater(tf.mean(tf.slice(xs, [0, 0, 0, 0], [64, 8, 4, 2]), [1, 2, 3]), 0.5), 'float32'),
      );
      const { history } = await net.fit(xs, ys, { epochs: 12, batchSize: 16, verbose: 0, shuffle: false });
      const losses = history['loss'] as number[];
      expect(losses.at(-1)).to.be.below((losses[0] as number) * 0.7);
      net.dispose();
      optimizer.dispose();
      tf.dispose([xs, ys]);
    });
  });
});
