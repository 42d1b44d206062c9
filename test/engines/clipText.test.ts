import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { StoredTensor } from '../../src/checkpoints/dtypes.ts';
import { toFloat32 } from '../../src/checkpoints/halfFloat.ts';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import { type ClipTextOptions, clipText } from '../../src/networks/clipText.ts';
import { parseClipTextConfig } from '../../src/networks/clipTextConfig.ts';
import { clipTextWeights, isCounting } from '../../src/networks/clipTextWeights.ts';
import { matchWeights } from '../../src/networks/matchWeights.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { pooledFrom } from '../../src/text/pooled.ts';
import { formulaWeights } from '../networks/formula.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { apart, evaluateGraph, graphOf } from './onnxRun.ts';

type Golden = { readonly ids: StoredTensor; readonly outputs: Readonly<Record<string, StoredTensor>> };
type Encoder = {
  readonly config: ReturnType<typeof parseClipTextConfig>;
  readonly weights: ReadonlyMap<string, Weight>;
};
type Outputs = Readonly<Record<string, ArrayLike<number>>>;

const read = (path: string) => parseSafetensors(new Uint8Array(readFileSync(path)));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const numbers = ({ data }: StoredTensor): number[] => Array.from(data, Number);
const tells = process.env['PARITY'] !== undefined;

/** What the package computes of ids, both engines alike; `pooled` is of tfjs alone. */
type Compute = (encoder: Encoder, ids: StoredTensor, options?: ClipTextOptions) => Promise<Outputs>;

const onTfjs: Compute = async ({ config, weights }, ids, options) => {
  const network = tfjsNetwork(clipText(config, options), weights);
  const rows = tf.tensor2d(numbers(ids), [...ids.shape] as [number, number], 'int32');
  const { lastHiddenState, penultimateHiddenState } = network.run({ ids: rows });
  const pooled = pooledFrom(lastHiddenState as tf.Tensor3D, rows.arraySync(), config);
  const outputs = {
    lastHiddenState: (lastHiddenState as tf.Tensor).dataSync(),
    penultimateHiddenState: (penultimateHiddenState as tf.Tensor).dataSync(),
    pooled: pooled.dataSync(),
  };
  tf.dispose([rows, lastHiddenState, penultimateHiddenState, pooled] as tf.Tensor[]);
  network.dispose();
  return outputs;
};

const onOnnx: Compute = async ({ config, weights }, ids, options) => {
  const [, tokens = 0] = ids.shape;
  const graph = graphOf(clipText(config, options), weights, { tokens });
  const given = { data: BigInt64Array.from(numbers(ids), BigInt), shape: ids.shape };
  const outputs = await evaluateGraph(graph, { ids: given });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
};

/** Asserts agreement as it was agreed: 1e-5 of the largest magnitude, elementwise. */
const expectParity = (title: string, outputs: Outputs, expected: Golden['outputs'], names: readonly string[]): void => {
  expect(names).to.not.be.empty;
  for (const name of names) {
    const wanted = numbers(expected[name] as StoredTensor);
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = largestDifference(outputs[name] ?? [], wanted) / largest;
    if (tells) console.log(`parity ${title}, ${name}: ${difference.toExponential(1)}`);
    expect(difference, name).to.be.at.most(apart(1e-5));
  }
};

const itComputes = (title: string, encoderOf: () => Encoder, goldenOf: () => Golden): void => {
  for (const [engine, compute] of Object.entries({ tfjs: onTfjs, onnx: onOnnx })) {
    const pooled = engine === 'tfjs' ? ['pooled'] : [];

    it(`${title}: hidden states and what texts come to, on ${engine}`, () =>
      expectNoLeak(async () => {
        const { ids, outputs } = goldenOf();
        const names = ['lastHiddenState', 'penultimateHiddenState', ...pooled];
        expectParity(`${title}, ${engine}`, await compute(encoderOf(), ids), outputs, names);
      }));

    it(`${title}: the last layer left out, on ${engine}`, () =>
      expectNoLeak(async () => {
        const { ids, outputs } = goldenOf();
        const expected = { ...outputs, lastHiddenState: outputs['penultimateNormed'] as StoredTensor };
        const computed = await compute(encoderOf(), ids, { clipSkip: 1 });
        expectParity(`${title}, ${engine}`, computed, expected, ['lastHiddenState', 'penultimateHiddenState']);
      }));
  }
};

// transformers 5.18.0, torch 2.13.0; see test/fixtures/networks/make_clip_text.py
describe('clipText computes what transformers computes', () => {
  const fixtures = join(root, 'test/fixtures/networks');
  const variants: Readonly<Record<string, object>> = json(join(fixtures, 'clipText.json'));
  const tensors = read(join(fixtures, 'clipText.safetensors'));

  it('knows some variants', () => expect(Object.keys(variants)).to.have.length(2));

  for (const [title, raw] of Object.entries(variants)) {
    const named = (name: string) => tensors.get(`${title}: ${name}`) as StoredTensor;
    const names = ['lastHiddenState', 'penultimateHiddenState', 'penultimateNormed', 'pooled'];
    itComputes(
      title,
      () => {
        const config = parseClipTextConfig({ ...raw });
        return { config, weights: formulaWeights(parameterShapes(clipText(config))) };
      },
      () => ({ ids: named('ids'), outputs: Object.fromEntries(names.map((name) => [name, named(name)])) }),
    );
  }
});

const GOLDEN_NAMES = {
  lastHiddenState: 'last_hidden_state',
  penultimateHiddenState: 'penultimate_hidden_state',
  penultimateNormed: 'penultimate_normed',
  pooled: 'pooled',
};

// transformers 4.57.6, torch 2.13.0
describeShared('goldens of text encoders', 'goldens/latent/clip-text', () => {
  for (const name of ['sd1', 'sd2']) {
    const file = (path: string): string => shared(`goldens/latent/clip-text/${name}/${path}`);
    const encoderOf = (): Encoder => {
      const config = parseClipTextConfig(json(file('config.json')));
      const stored = [...read(file('model.safetensors'))].flatMap(([key, tensor]) =>
        isCounting(key) ? [] : [[key, { shape: tensor.shape, data: toFloat32(tensor) }] as const],
      );
      const named = clipTextWeights(new Map(stored), config);
      return { config, weights: matchWeights(parameterShapes(clipText(config)), named) };
    };
    for (const io of ['io', 'io-2']) {
      itComputes(`${name}, ${io}`, encoderOf, () => {
        const tensors = read(file(`${io}.safetensors`));
        const outputs = Object.entries(GOLDEN_NAMES).map(([key, stored]) => [key, tensors.get(stored) as StoredTensor]);
        return { ids: tensors.get('input_ids') as StoredTensor, outputs: Object.fromEntries(outputs) };
      });
    }
  }
});
