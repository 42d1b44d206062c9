import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { graphBuilder } from '../src/engines/onnx/graph.ts';
import { chooseBackend } from '../src/node/backend.ts';
import { fillGaussian } from '../src/random.ts';
import { type Lane, laneName } from './lanes.ts';
import type { Subject } from './measure.ts';

const SIZE = 1024;

/** GFLOP of one product. */
export const PRODUCT_GFLOP = (2 * SIZE ** 3) / 1e9;

/** A product of two large square matrices in each lane, float32: what the machine can do at best. They stay in memory. */
export const productSubjects = async (lanes: readonly Lane[]): Promise<Record<string, Subject>> => {
  const subjects = lanes.map(async (lane) => [
    `product on ${laneName(lane)}`,
    lane.engine === 'onnx' ? await onnxProduct() : tfjsProduct(lane.backend),
  ]);
  return Object.fromEntries(await Promise.all(subjects));
};

const randomMatrix = (): Float32Array => {
  const values = new Float32Array(SIZE * SIZE);
  fillGaussian(['matrix product'], values);
  return values;
};

const tfjsProduct = (backend: string): Subject => {
  let matrix: tf.Tensor2D | undefined; // on the backend before the clock runs
  return {
    async prepare() {
      await chooseBackend({ backend });
      matrix ??= tf.tensor2d(randomMatrix(), [SIZE, SIZE]);
    },
    async run() {
      const product = tf.matMul(matrix as tf.Tensor2D, matrix as tf.Tensor2D);
      await product.data();
      product.dispose();
    },
  };
};

const onnxProduct = async (): Promise<Subject> => {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const graph = graphBuilder();
  const values = randomMatrix();
  const shape = [SIZE, SIZE];
  const constant = graph.initializer('b', {
    type: 'float32',
    shape,
    data: new Uint8Array(values.buffer as ArrayBuffer),
  });
  graph.output('c', graph.node('MatMul', ['a', constant]));
  const inputs = [{ name: 'a', type: 'float32', shape } as const];
  const outputs = [{ name: 'c', type: 'float32', shape } as const];
  const file = graph.encode({ inputs, outputs, version: '0' });
  const session = await InferenceSession.create(file, { intraOpNumThreads: availableParallelism() });
  const a = new Tensor('float32', values, shape);
  return { run: () => session.run({ a }) };
};
