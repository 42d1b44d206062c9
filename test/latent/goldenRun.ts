import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import type { Model } from '../../src/models/model.ts';
import { denoise } from '../../src/returns/drive.ts';
import { planReturn, type ReturnPlan } from '../../src/returns/plan.ts';
import { walk } from '../../src/solvers/index.ts';
import { largestDifference } from '../support/tensors.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';

/** What a file of goldens holds: maps come as `[N, H, W, C]`, in lists where there are several. */
export type Golden = {
  map(name: string): tf.Tensor4D;
  maps(name: string): tf.Tensor4D[];
  tensor(name: string): tf.Tensor;
  list(name: string): number[];
};

export const readGolden = (path: string): Golden => {
  const file = parseSafetensors(new Uint8Array(readFileSync(path)));
  const stored = (name: string) => file.get(name) ?? expect.fail(`${path} holds no ${name}`);
  const tensor = (name: string): tf.Tensor => tf.tensor(stored(name).data as Float32Array, [...stored(name).shape]);
  const toNhwc = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
  return {
    tensor,
    map: (name) => toNhwc(tensor(name)),
    maps: (name) => tf.unstack(tensor(name)).map(toNhwc),
    list: (name) => Array.from(stored(name).data as ArrayLike<number | bigint>, Number),
  };
};

/** Asserts that a tensor is within a part of the largest magnitude of what is expected. */
export const expectWithin = (what: string, actual: tf.Tensor, expected: tf.Tensor, tolerance: number): void => {
  expect(actual.shape, what).to.deep.equal(expected.shape);
  const wanted = expected.dataSync<'float32'>();
  const magnitude = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const difference = largestDifference(actual.dataSync(), wanted) / magnitude;
  if (process.env['PARITY']) console.log(`      ${what}: ${difference.toExponential(1)}`);
  expect(difference, what).to.be.at.most(tolerance);
};

/** The plan of a golden run: the last steps of the full grid, in diffusers' way, and exactly those. */
export const planOf = (model: Model, golden: Golden, steps: number): ReturnPlan => {
  const timesteps = golden.list('timesteps');
  const strength = (timesteps.length + 0.4) / steps; // int(steps * strength) of them
  const plan = planReturn(model, { strength, steps, solver: 'ddim', entry: 'diffusers' });
  expect(plan.legs.map(({ timestep }) => timestep)).to.deep.equal(timesteps);
  return plan;
};

/** The variance preserving form of a state at a level. */
export const preserving = (x: tf.Tensor4D, sigma: number): tf.Tensor4D => tf.div(x, Math.hypot(1, sigma));

export type Told = { readonly condition?: { readonly embeddings: tf.Tensor3D }; readonly guidance?: number };

/** The state before each leg of a return and after the last one, variance preserving; the start is variance exploding. */
export const statesOf = (model: Model, plan: ReturnPlan, start: tf.Tensor4D, told: Told = {}): tf.Tensor4D[] => {
  const states: tf.Tensor4D[] = [];
  let x = start;
  for (const leg of plan.legs) {
    states.push(preserving(x, leg.from as number));
    const steps = walk({ x, legs: [leg], solver: plan.solver, clip: model.scheduler.clip });
    let asked = steps.next();
    while (!asked.done) asked = steps.next(denoise({ model, keys: [], evaluate: asked.value, ...told }));
    x = asked.value;
    const carried = plan.legs[states.length]?.from as number | undefined;
    const to = leg.to as number;
    if (carried !== undefined && carried !== to) x = tf.mul(x, Math.hypot(1, carried) / Math.hypot(1, to));
  }
  return [...states, preserving(x, plan.legs.at(-1)?.to as number)];
};

/** Runs the body for each engine: ONNX Runtime, and tfjs on wasm and on tfjs-node. */
export const onEngines = (body: (engine: 'onnx' | 'tfjs') => void): void => {
  describe('on onnx', () => body('onnx'));
  describe('on tfjs, wasm', () => body('tfjs'));
  describeTfjsNode('on tfjs', () => body('tfjs'));
};
