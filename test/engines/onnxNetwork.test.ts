import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { toFloat32 } from '../../src/checkpoints/halfFloat.ts';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { plain, VARIANTS } from '../networks/configs.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';
import { ask } from './asking.ts';
import { apart, evaluateNetwork } from './onnxRun.ts';

const read = (path: string) => parseSafetensors(new Uint8Array(readFileSync(path)));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const magnitude = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

const tells = process.env['PARITY'] !== undefined; // for the table in benchmarks/README.md

/** Asserts agreement as it was agreed: 2e-5 of the largest magnitude, elementwise. */
const expectParity = (title: string, actual: Float32Array, expected: Float32Array): void => {
  const difference = largestDifference(actual, expected) / magnitude(expected);
  if (tells) console.log(`parity ${title}: ${difference.toExponential(1)}`);
  expect(difference, title).to.be.at.most(apart(2e-5));
};

describe('unet2dGraph', () => {
  // diffusers 0.40 development source, torch 2.13; see test/fixtures/networks/make_variants.py
  const variants: Record<string, object> = json(join(root, 'test/fixtures/networks/variants.json'));
  const outputs = read(join(root, 'test/fixtures/networks/variants.safetensors'));

  it('knows some variants', () => expect(Object.keys(variants)).to.have.length(4));

  for (const [title, raw] of Object.entries(variants)) {
    it(`computes what diffusers computes: ${title}`, async () => {
      const config = parseUNet2DConfig({ ...raw });
      const shape = [2, ...(config.sampleSize ?? [8, 8]), config.inChannels];
      const { data } = await evaluateNetwork(config, formulaWeights(parameterShapes(unet2d(config))), {
        x: formula('sample', shape),
        shape,
        timesteps: [37, 999],
        labels: config.classEmbedding ? [1, 4] : undefined,
      });
      expectParity(title, data, outputs.get(title)?.data as Float32Array);
    });
  }
});

describe('both engines', () => {
  const activations = ['gelu', 'relu', 'mish'].map((act_fn): [string, object] => [`activation ${act_fn}`, { act_fn }]);

  for (const [title, change] of [...Object.entries(VARIANTS), ...activations]) {
    it(`agree: ${title}`, async () => {
      const config = parseUNet2DConfig({ ...plain, ...change });
      const weights = formulaWeights(parameterShapes(unet2d(config)));
      const [height, width] = config.sampleSize ?? [8, 8];
      const shape: [number, number, number, number] = [3, height, width, config.inChannels];
      const x = formula('sample', shape);
      const [timesteps, labels] = [[0, 500, 999], config.classEmbedding ? [0, 4, 2] : undefined];
      const network = tfjsNetwork(unet2d(config), weights);
      const expected = tf.tidy(() => {
        const output = ask(
          network,
          tf.tensor4d(x, shape),
          tf.tensor1d(timesteps),
          labels && tf.tensor1d(labels, 'int32'),
        );
        return output.dataSync<'float32'>();
      });
      network.dispose();
      const { data, shape: got } = await evaluateNetwork(config, weights, { x, shape, timesteps, labels });
      expect(got).to.deep.equal([3, height, width, config.outChannels]);
      expectParity(title, data, expected);
    });
  }
});

/** `[N, C, H, W]` to `[N, H, W, C]`. */
const toNhwc = (values: Float32Array, [count = 0, channels = 0, height = 0, width = 0]: readonly number[]) => {
  const space = height * width;
  const result = new Float32Array(count * channels * space);
  for (let i = 0; i < result.length; i += 1) {
    const [n, c, p] = [Math.floor(i / channels / space), i % channels, Math.floor(i / channels) % space];
    result[i] = values[(n * channels + c) * space + p] ?? Number.NaN;
  }
  return result;
};

// diffusers 0.21.4, torch 1.13.0
describeShared('goldens of whole networks on the ONNX engine', 'goldens/diffusers', () => {
  for (const name of ['class-conditional-tiny', 'ddpm-cifar-tiny', 'heads-default-tiny']) {
    it(`${name} is within 2e-5 of its largest output`, async () => {
      const file = (path: string): string => shared(`goldens/diffusers/${name}/${path}`);
      const weights = new Map(
        [...read(file('diffusion_pytorch_model.safetensors'))].map(([key, tensor]) => [
          key,
          { shape: tensor.shape, data: toFloat32(tensor) },
        ]),
      );
      const io = read(file('io.safetensors'));
      const numbers = (key: string): number[] => Array.from(io.get(key)?.data ?? [], Number);
      const [count = 0, channels = 0, height = 0, width = 0] = io.get('sample')?.shape ?? [];
      const { data } = await evaluateNetwork(parseUNet2DConfig(json(file('config.json'))), weights, {
        x: toNhwc(Float32Array.from(numbers('sample')), [count, channels, height, width]),
        shape: [count, height, width, channels],
        timesteps: numbers('timestep'),
        labels: io.has('class_labels') ? numbers('class_labels') : undefined,
      });
      expectParity(name, data, toNhwc(Float32Array.from(numbers('output')), io.get('output')?.shape ?? []));
    });
  }
});
