import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { describeShared } from '../support/shared.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { type ConditionCase, goldenCase, VARIANTS, type Values, variantCase } from './conditionCases.ts';
import { apart, evaluateGraph, graphOf } from './onnxRun.ts';

const tells = process.env['PARITY'] !== undefined; // for the table in benchmarks/README.md

const magnitude = ({ data }: Values): number => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Agreement as it was agreed: 2e-5 of the largest magnitude, elementwise. */
const expectParity = (title: string, actual: Values | undefined, expected: Values): void => {
  expect(actual?.shape).to.deep.equal(expected.shape);
  const difference = largestDifference(actual?.data ?? [], expected.data) / magnitude(expected);
  if (tells) console.log(`parity ${title}: ${difference.toExponential(1)}`);
  expect(difference, title).to.be.at.most(apart(2e-5));
};

const onTfjs = ({ architecture, weights, inputs, expected }: ConditionCase, title: string): void => {
  const network = tfjsNetwork(architecture, weights);
  tf.tidy(() => {
    const fed = Object.entries(inputs).map(([name, { data, shape }]) => {
      const isIndex = architecture.inputs[name]?.kind === 'index';
      return [name, tf.tensor(data, [...shape], isIndex ? 'int32' : 'float32')] as const;
    });
    const output = network.run(Object.fromEntries(fed))['output'] as tf.Tensor;
    expectParity(title, { data: output.dataSync<'float32'>(), shape: output.shape }, expected);
  });
  network.dispose();
};

const onOnnx = async ({ architecture, weights, inputs, expected }: ConditionCase, title: string): Promise<void> => {
  const [, height = 0, width = 0] = inputs['x']?.shape ?? [];
  const tokens = inputs['embeddings']?.shape[1] ?? 0;
  const fed = Object.entries(inputs).map(([name, { data, shape }]) => {
    const isIndex = architecture.inputs[name]?.kind === 'index';
    return [name, { data: isIndex ? BigInt64Array.from(data, BigInt) : data, shape }] as const;
  });
  const outputs = await evaluateGraph(
    graphOf(architecture, weights, { height, width, tokens }),
    Object.fromEntries(fed),
  );
  expectParity(title, outputs['output'], expected);
};

const computes = (title: string, make: () => ConditionCase): void => {
  for (const backend of ['wasm', 'cpu']) {
    it(`computes what diffusers computes on ${backend}: ${title}`, async () => {
      await tf.setBackend(backend);
      await expectNoLeak(() => onTfjs(make(), `${title}, ${backend}`)).finally(() => tf.setBackend('wasm'));
    });
  }
  it(`computes what diffusers computes as a graph: ${title}`, () => onOnnx(make(), `${title}, ONNX`));
};

describe('unet2dCondition', () => {
  // diffusers 0.40 development source, torch 2.13; see test/fixtures/networks/make_condition.py
  it('knows some variants', () => expect(Object.keys(VARIANTS)).to.have.length(7));

  for (const title of Object.keys(VARIANTS)) computes(title, () => variantCase(title));

  it('frees on the way most of what it makes', () =>
    expectNoLeak(async () => {
      const { architecture, weights, inputs } = variantCase(Object.keys(VARIANTS)[0] ?? '');
      const network = tfjsNetwork(architecture, weights);
      const fed = Object.fromEntries(
        Object.entries(inputs).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      const before = tf.memory().numBytes;
      const { peakBytes, kernels } = await tf.profile(() => {
        tf.dispose(network.run(fed) as tf.NamedTensorMap);
        return [];
      });
      const made = kernels.flatMap(({ outputShapes }) => outputShapes).map((shape) => 4 * tf.util.sizeFromShape(shape));
      expect(peakBytes - before).to.be.below(made.reduce((sum, bytes) => sum + bytes, 0) / 12);
      tf.dispose(fed);
      network.dispose();
    }));
});

// diffusers 0.39.0, torch 2.13.0; the second runs are of another size, and of prompts of another length
describeShared('goldens of whole networks that look at a prompt', 'goldens/latent/unet2d-condition', () => {
  for (const name of ['sd1', 'sd1-old-config', 'sd2', 'class-conditional']) {
    computes(name, () => goldenCase(name, 'io'));
  }
  for (const name of ['sd1', 'sd2']) computes(`${name}, another size`, () => goldenCase(name, 'io-2'));
});
