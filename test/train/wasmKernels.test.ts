import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { expectNoLeak } from '../support/tensors.ts';

/** The same computation on two backends. */
const onBoth = async (compute: () => tf.Tensor): Promise<[wasm: number[], cpu: number[]]> => {
  const results: number[][] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    const result = tf.tidy(compute);
    results.push(Array.from(await result.data()));
    result.dispose();
  }
  await tf.setBackend('wasm');
  return results as [number[], number[]];
};
const expectClose = ([wasm, cpu]: [number[], number[]]): void => {
  const largest = Math.max(...cpu.map(Math.abs));
  for (const [n, value] of wasm.entries()) expect(value).to.be.closeTo(cpu[n] as number, 1e-5 * largest);
  expect(largest).to.be.above(0);
};

describe('kernels with which networks train on wasm', () => {
  before(() => registerWasmTrainingKernels());

  const convolutions: [
    string,
    [number, number, number, number],
    [number, number],
    'same' | 'valid' | number,
    [number, number, number, number],
  ][] = [
    ['3 x 3, same', [2, 7, 6, 3], [1, 1], 'same', [3, 3, 3, 5]],
    ['3 x 3, valid', [2, 7, 6, 3], [1, 1], 'valid', [3, 3, 3, 5]],
    ['3 x 3, stride 2, same', [3, 8, 8, 2], [2, 2], 'same', [3, 3, 2, 4]],
    ['3 x 3, stride 2 and padding 1', [2, 8, 9, 2], [2, 2], 1, [3, 3, 2, 4]],
    ['1 x 1', [2, 5, 5, 4], [1, 1], 'valid', [1, 1, 4, 3]],
    ['5 x 3, stride 2 and 1, valid', [1, 9, 8, 1], [2, 1], 'valid', [5, 3, 1, 2]],
    ['one image, one pixel', [1, 1, 1, 2], [1, 1], 'same', [3, 3, 2, 2]],
  ];
  for (const [name, shape, strides, pad, filterShape] of convolutions) {
    const rounding = typeof pad === 'number' ? 'floor' : undefined;
    const images = (): tf.Tensor4D => tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 3);
    const filters = (): tf.Tensor4D => tf.randomNormal<tf.Rank.R4>(filterShape, 0, 1, 'float32', 4);
    const loss = (x: tf.Tensor, filter: tf.Tensor): tf.Scalar =>
      tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', 1, rounding)));
    it(`give the cpu backend's gradient of a filter: ${name}`, async () => {
      expectClose(await onBoth(() => tf.grad((filter) => loss(images(), filter))(filters())));
    });
    it(`give the cpu backend's gradient of images: ${name}`, async () => {
      expectClose(await onBoth(() => tf.grad((x) => loss(x, filters()))(images())));
    });
  }

  for (const [transposeA, transposeB] of [
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    for (const batch of [[], [3]]) {
      const title = `${transposeA ? 'aᵀ' : 'a'} ${transposeB ? 'bᵀ' : 'b'}${batch.length > 0 ? ' in batches' : ''}`;
      it(`give the cpu backend's product of matrices: ${title}`, async () => {
        const matrix = (shape: number[], seed: number): tf.Tensor =>
          tf.randomNormal([...batch, ...shape], 0, 1, 'float32', seed);
        const product = (): tf.Tensor =>
          tf.matMul(
            matrix(transposeA ? [4, 5] : [5, 4], 1),
            matrix(transposeB ? [6, 4] : [4, 6], 2),
            transposeA,
            transposeB,
          );
        expectClose(await onBoth(product));
      });
    }
  }

  it("give the cpu backend's gradient of a table", async () => {
    const gradient = (): tf.Tensor => {
      const table = tf.randomNormal<tf.Rank.R2>([5, 4], 0, 1, 'float32', 3);
      return tf.grad((t) => tf.sum(tf.square(tf.gather(t, tf.tensor1d([0, 3, 3, 1], 'int32')))))(table);
    };
    expectClose(await onBoth(gradient));
  });

  it('let a plain convolutional network learn with fit', async () => {
    await expectNoLeak(async () => {
      const { layers: layer } = layers;
      const net = layers.sequential({
        layers: [
          layer.conv2d({
            inputShape: [8, 8, 1],
            filters: 4,
            kernelSize: 3,
            activation: 'relu',
            kernelInitializer: layers.initializers.glorotUniform({ seed: 1 }),
          }),
          layer.maxPooling2d({ poolSize: 2 }),
          layer.flatten(),
          layer.dense({
            units: 1,
            activation: 'sigmoid',
            kernelInitializer: layers.initializers.glorotUniform({ seed: 2 }),
          }),
        ],
      });
      const optimizer = tf.train.adam(0.05);
      net.compile({ optimizer, loss: 'binaryCrossentropy' });
      const xs = tf.randomUniform([64, 8, 8, 1], 0, 1, 'float32', 5);
      const ys = tf.tidy(() =>
        tf.cast(tf.greater(tf.mean(tf.slice(xs, [0, 0, 0, 0], [64, 8, 4, 1]), [1, 2]), 0.5), 'float32'),
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
