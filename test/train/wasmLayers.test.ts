import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

type Layer = ReturnType<typeof layers.layers.dense>;
const { layers: l } = layers;
const [vector, sequence, image, volume] = [[5], [6, 4], [8, 7, 3], [4, 4, 4, 2]];
const recurrent = { units: 3, recurrentInitializer: 'glorotNormal' } as const;

const ACTIVATIONS = ['relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign'] as const;
const MORE_ACTIVATIONS = ['softmax', 'logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new', 'linear'] as const;

/** The layers of tfjs that a classifier or a generator may be made of. */
const LAYERS: readonly [name: string, shape: number[], make: () => unknown][] = [
  ['dense', vector, () => l.dense({ units: 3 })],
  ...[...ACTIVATIONS, ...MORE_ACTIVATIONS].map((activation): [string, number[], () => unknown] => [
    `dense, ${activation}`,
    vector,
    () => l.dense({ units: 4, activation: activation as 'relu' }), // the type lacks some
  ]),
  ['conv1d', sequence, () => l.conv1d({ filters: 4, kernelSize: 3 })],
  ['conv2d', image, () => l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' })],
  ['conv2d, stride 2', image, () => l.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })],
  ['conv2d, channels first', [3, 8, 7], () => l.conv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' })],
  ['conv3d', volume, () => l.conv3d({ filters: 3, kernelSize: 2 })],
  ['conv3d, stride 2', volume, () => l.conv3d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same' })],
  ['conv2dTranspose', image, () => l.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })],
  ['depthwiseConv2d', image, () => l.depthwiseConv2d({ kernelSize: 3, padding: 'same' })],
  ['depthwiseConv2d, twice as deep', image, () => l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2 })],
  ['depthwiseConv2d, 2 x 3, stride 2', image, () => l.depthwiseConv2d({ kernelSize: [2, 3], strides: [2, 2] })],
  ['separableConv2d', image, () => l.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same' })],
  ['separableConv2d, stride 2', image, () => l.separableConv2d({ filters: 4, kernelSize: 3, strides: 2 })],
  ['maxPooling1d', sequence, () => l.maxPooling1d({ poolSize: 2 })],
  ['maxPooling2d', image, () => l.maxPooling2d({ poolSize: 2 })],
  ['maxPooling2d that overlaps', image, () => l.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })],
  ['maxPooling3d', volume, () => l.maxPooling3d({ poolSize: 2 })],
  ['averagePooling1d', sequence, () => l.averagePooling1d({ poolSize: 2 })],
  ['averagePooling2d', image, () => l.averagePooling2d({ poolSize: 2 })],
  ['averagePooling3d', volume, () => l.averagePooling3d({ poolSize: 2 })],
  ['globalMaxPooling1d', sequence, () => l.globalMaxPooling1d({})],
  ['globalMaxPooling2d', image, () => l.globalMaxPooling2d({})],
  ['globalAveragePooling1d', sequence, () => l.globalAveragePooling1d({})],
  ['globalAveragePooling2d', image, () => l.globalAveragePooling2d({})],
  // upSampling2d is below: for more than one image cpu's gradient is wrong, wasm's is not
  ['zeroPadding2d', image, () => l.zeroPadding2d()],
  ['cropping2D', image, () => l.cropping2D({ cropping: [1, 1] })],
  ['batchNormalization', image, () => l.batchNormalization()],
  ['batchNormalization of vectors', vector, () => l.batchNormalization()],
  ['layerNormalization', image, () => l.layerNormalization()],
  ['prelu', image, () => l.prelu()],
  ['leakyReLU', image, () => l.leakyReLU()],
  ['reshape', image, () => l.reshape({ targetShape: [56, 3] })],
  ['permute', image, () => l.permute({ dims: [2, 1, 3] })],
  ['repeatVector', vector, () => l.repeatVector({ n: 3 })],
  ['lstm', sequence, () => l.lstm(recurrent)],
  ['gru', sequence, () => l.gru(recurrent)],
  ['simpleRNN', sequence, () => l.simpleRNN(recurrent)],
  ['convLstm2d', [3, 5, 5, 2], () => l.convLstm2d({ filters: 2, kernelSize: 3, recurrentInitializer: 'glorotNormal' })],
  ['timeDistributed', sequence, () => l.timeDistributed({ layer: l.dense({ units: 2 }) as Layer })],
];

/** Gradients of a loss for the input and all weights of a layer, whose values are seeded. */
const gradientsOf = (shape: readonly number[], make: () => unknown): Float32Array[] => {
  const model = layers.sequential({ layers: [l.inputLayer({ inputShape: [...shape] }), make() as Layer] });
  const found = tf.tidy(() => {
    const seeded = (size: number[], seed: number): tf.Tensor => tf.randomNormal(size, 0.3, 0.4, 'float32', seed);
    model.setWeights(model.getWeights().map((weight, n) => seeded(weight.shape, n + 1)));
    const input = tf.sub(seeded([2, ...shape], 99), 0.5); // some windows hold negative values only
    const lossOf = (x: tf.Tensor): tf.Scalar => {
      const output = model.apply(x, { training: true }) as tf.Tensor;
      return tf.sum(tf.mul(output, seeded(output.shape, 98)));
    };
    const own = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
    const { grads } = own.length > 0 ? tf.variableGrads(() => lossOf(input), own) : { grads: {} };
    const all = [tf.grad(lossOf)(input), ...own.map(({ name }) => (grads as tf.NamedTensorMap)[name] as tf.Tensor)];
    return all.map((gradient) => gradient.dataSync<'float32'>().slice());
  });
  model.dispose();
  return found;
};

describe('layers that train on wasm', () => {
  before(() => registerWasmTrainingKernels());
  afterEach(() => tf.setBackend('wasm'));

  for (const [name, shape, make] of LAYERS) {
    it(`have the cpu backend's gradients: ${name}`, () =>
      expectNoLeak(async () => {
        const wasm = gradientsOf(shape, make);
        await tf.setBackend('cpu');
        const cpu = gradientsOf(shape, make);
        expect(wasm).to.have.lengthOf(cpu.length);
        for (const [n, wanted] of cpu.entries()) {
          const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
          expect(largestDifference(wasm[n] ?? [], wanted) / largest).to.be.below(1e-4);
        }
        await tf.setBackend('wasm');
      }));
  }

  it('are refused in one line that names the kernel, where tfjs has no gradient', () => {
    for (const [make, message] of [
      [() => l.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2 }), /gradient of fused conv2D: dilation rates/],
      [() => l.thresholdedReLU(), /gradient function not found for Greater/],
    ] as const) {
      expect(() => gradientsOf(image, make)).to.throw(message);
    }
  });

  it('have the gradients of dilations, pooling and resizing of many images that finite differences give', () => {
    const compute = {
      dilation: (x: tf.Tensor) => tf.dilation2d(x as tf.Tensor4D, tf.fill([2, 2, 2], -0.1) as tf.Tensor3D, 1, 'valid'),
      pooling: (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
      volumes: (x: tf.Tensor) => tf.maxPool3d(tf.reshape(x, [1, 2, 4, 4, 2]) as tf.Tensor5D, 2, 2, 'valid'),
      bilinear: (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [8, 7]),
      nearest: (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 8]),
    };
    for (const [name, run] of Object.entries(compute)) {
      tf.tidy(() => {
        const x = tf.randomNormal([2, 4, 4, 2], -2, 1, 'float32', 4);
        const lossOf = (images: tf.Tensor): tf.Scalar => tf.sum(tf.square(run(images)));
        const way = tf.randomNormal(x.shape, 0, 1, 'float32', 5);
        const along = (step: number): number => lossOf(tf.add(x, tf.mul(way, step))).dataSync()[0] as number;
        const wanted = (along(1e-3) - along(-1e-3)) / 2e-3;
        const found = tf.sum(tf.mul(tf.grad(lossOf)(x), way)).dataSync()[0] as number;
        expect(found / wanted, name).to.be.closeTo(1, 1e-2);
      });
    }
  });
});
