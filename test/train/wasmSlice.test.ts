import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { expectNoLeak } from '../support/tensors.ts';

/** The same computation on two backends: shapes, types and values. */
const onBoth = async (compute: () => tf.Tensor[]): Promise<unknown[]> => {
  const found: unknown[] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    const tensors = tf.tidy(compute);
    found.push(tensors.map((tensor) => [tensor.shape, tensor.dtype, Array.from(tensor.dataSync())]));
    tf.dispose(tensors);
  }
  await tf.setBackend('wasm');
  return found;
};
const numbered = (shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor =>
  tf.reshape(tf.range(0, tf.util.sizeFromShape(shape), 1, dtype), shape);

describe('slices on wasm where networks train', () => {
  before(() => registerWasmTrainingKernels());

  const slices: [string, number[], number[], number[]][] = [
    ['of a row', [10], [3], [4]],
    ['of whole rows', [5, 4], [2, 0], [2, 4]],
    ['of columns', [5, 4], [0, 1], [5, 2]],
    ['of a box', [4, 5, 6], [1, 2, 3], [2, 2, 2]],
    ['of the middle axis', [3, 4, 2], [0, 1, 0], [3, 2, 2]],
    ['of maps', [2, 5, 6, 3], [0, 1, 2, 0], [2, 3, 4, 3]],
    ['of channels', [2, 3, 2, 5], [0, 0, 0, 1], [2, 3, 2, 3]],
    ['of five axes', [2, 3, 2, 2, 3], [1, 0, 1, 0, 1], [1, 3, 1, 2, 2]],
    ['of the rest', [4, 6], [1, 2], [-1, -1]],
    ['of all', [3, 2], [0, 0], [3, 2]],
    ['of nothing', [3, 2], [1, 0], [0, 2]],
  ];
  for (const [name, shape, begin, size] of slices) {
    it(`are the cpu backend's: ${name}`, () =>
      expectNoLeak(async () => {
        const [wasm, cpu] = await onBoth(() => [
          tf.slice(numbered(shape), begin, size),
          tf.slice(numbered(shape, 'int32'), begin, size),
        ]);
        expect(wasm).to.deep.equal(cpu);
      }));
  }

  const splits: [string, number[], number | number[], number][] = [
    ['a row into pieces', [10], [3, 1, 6], 0],
    ['with one size left open', [10], [3, -1, 2], 0],
    ['channels into halves', [2, 3, 3, 4], 2, 3],
    ['channels into uneven parts', [2, 2, 3, 5], [2, 3], -1],
    ['images', [4, 2, 2, 1], 4, 0],
  ];
  for (const [name, shape, sizes, axis] of splits) {
    it(`take apart as the cpu backend does: ${name}`, () =>
      expectNoLeak(async () => {
        const [wasm, cpu] = await onBoth(() => tf.split(numbered(shape), sizes, axis));
        expect(wasm).to.deep.equal(cpu);
      }));
  }

  it('leave what they were cut from as it is, and do not follow it', () =>
    expectNoLeak(async () => {
      const whole = tf.tidy(() => numbered([4, 3]));
      const part = tf.slice(whole, [1, 0], [2, 3]);
      expect(Array.from(await whole.data())).to.deep.equal(Array.from({ length: 12 }, (_, n) => n));
      whole.dispose();
      expect(Array.from(await part.data())).to.deep.equal([3, 4, 5, 6, 7, 8]);
      part.dispose();
    }));

  it('are right of truths and of texts', () =>
    expectNoLeak(async () => {
      const [wasm, cpu] = await onBoth(() => {
        const texts = tf.tensor1d(['a', 'b', 'c', 'd'], 'string');
        const truths = tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], 'bool');
        return [tf.slice(texts, 1, 2), tf.clone(texts), tf.slice(truths, [0, 1], [2, 2])];
      });
      expect(wasm).to.deep.equal(cpu);
    }));

  it('leave a copy of a tensor alone when the tensor goes', () =>
    expectNoLeak(async () => {
      const whole = tf.tidy(() => numbered([4, 3]));
      const copy = tf.clone(whole);
      whole.dispose();
      expect(Array.from(await copy.data())).to.deep.equal(Array.from({ length: 12 }, (_, n) => n));
      copy.dispose();
    }));

  it('are summed over rows as on the cpu backend', async () => {
    const compute = (): tf.Tensor[] => {
      const x = tf.randomUniform([3, 4, 5, 6], 0, 1, 'float32', 7);
      return [tf.sum(x, [0, 1, 2]), tf.sum(x, [0, 1]), tf.sum(x, -1), tf.sum(x), tf.sum(x, 0)];
    };
    const [wasm, cpu] = (await onBoth(compute)) as [number[], string, number[]][][];
    for (const [n, [shape, dtype, values]] of (wasm ?? []).entries()) {
      expect([shape, dtype]).to.deep.equal(cpu?.[n]?.slice(0, 2));
      for (const [i, value] of values.entries()) expect(value).to.be.closeTo(cpu?.[n]?.[2][i] as number, 1e-3);
    }
    expect(wasm).to.have.lengthOf(5);
  });
});
