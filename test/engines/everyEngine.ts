import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import type { Architecture } from '../../src/networks/architecture.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { apart, evaluateGraph, graphOf } from './onnxRun.ts';

/** Numbers with the shape in which they lie: maps `[N, H, W, C]`. */
export type Block = { readonly data: Float32Array; readonly shape: readonly number[] };

/** Evaluates a network of one map, `x`, once. */
export type Evaluate = (
  architecture: Architecture,
  weights: ReadonlyMap<string, Weight>,
  x: Block,
) => Promise<Readonly<Record<string, Block>>>;

const onTfjs: Evaluate = async (architecture, weights, x) => {
  const results: Record<string, Block> = {};
  await expectNoLeak(() => {
    const network = tfjsNetwork(architecture, weights);
    tf.tidy(() => {
      const outputs = network.run({ x: tf.tensor(x.data, [...x.shape]) });
      for (const [name, y] of Object.entries(outputs))
        results[name] = { data: y.dataSync<'float32'>(), shape: y.shape };
    });
    network.dispose();
  });
  return results;
};

const onOnnx: Evaluate = (architecture, weights, x) => {
  const [, height = 0, width = 0] = x.shape;
  return evaluateGraph(graphOf(architecture, weights, { height, width }), { x });
};

/** Runs the body for both engines, tfjs on each backend that every machine has, and goes back to wasm. */
export const onEveryEngine = (body: (evaluate: Evaluate) => void): void => {
  for (const backend of ['wasm', 'cpu']) {
    describe(`on ${backend}`, () => {
      before(() => tf.setBackend(backend));
      after(() => tf.setBackend('wasm'));
      body(onTfjs);
    });
  }
  describe('on ONNX Runtime', () => body(onOnnx));
};

/** Asserts that shapes are equal, and numbers within a part of the largest magnitude. */
export const expectClose = (actual: Block | undefined, expected: Block, tolerance: number): void => {
  const magnitude = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  expect(actual?.shape).to.deep.equal(expected.shape);
  expect(largestDifference(actual?.data ?? [], expected.data) / magnitude).to.be.at.most(apart(tolerance));
};
