import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { ask } from './asking.ts';

const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const numbers = (data: ArrayLike<number | bigint>): number[] => Array.from(data, Number);

/** Runs the body on each backend that every machine has, and goes back to wasm. */
const onBackends = (body: (backend: string) => void): void => {
  for (const backend of ['wasm', 'cpu']) {
    describe(`on ${backend}`, () => {
      before(() => tf.setBackend(backend));
      after(() => tf.setBackend('wasm'));
      body(backend);
    });
  }
};

const magnitude = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0] ?? 0);

const variants: Record<string, { sample_size: number | [number, number] }> = json(
  join(root, 'test/fixtures/networks/variants.json'),
);

const networkOf = (raw: object) => {
  const config = parseUNet2DConfig({ ...raw });
  return { config, network: tfjsNetwork(unet2d(config), formulaWeights(parameterShapes(unet2d(config)))) };
};

/** Inputs by formula: two images, timesteps 37 and 999, labels 1 and 4 where the network takes them. */
const inputsOf = ({ sampleSize, inChannels, classEmbedding }: ReturnType<typeof parseUNet2DConfig>) => {
  const shape: [number, number, number, number] = [2, ...(sampleSize ?? [8, 8]), inChannels];
  return [
    tf.tensor4d(formula('sample', shape), shape),
    tf.tensor1d([37, 999]),
    ...(classEmbedding ? [tf.tensor1d([1, 4], 'int32')] : []),
  ] as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D?];
};

describe('tfjsNetwork', () => {
  // diffusers 0.40 development source, torch 2.13; see test/fixtures/networks/make_variants.py
  onBackends(() => {
    const outputs = parseSafetensors(bytes(join(root, 'test/fixtures/networks/variants.safetensors')));

    it('knows some variants', () => expect(Object.keys(variants)).to.have.length(4));

    for (const [title, raw] of Object.entries(variants)) {
      it(`computes what diffusers computes: ${title}`, () =>
        expectNoLeak(() => {
          const { config, network } = networkOf(raw);
          const golden = outputs.get(title);
          tf.tidy(() => {
            const output = ask(network, ...inputsOf(config));
            const expected = tf.tensor(numbers(golden?.data ?? []), [...(golden?.shape ?? [])]);
            expect(output).to.be.tensorCloseTo(expected, 2e-5 * magnitude(expected));
          });
          network.dispose();
        }));
    }
  });

  it('gives an image the same output alone and in a batch', () => {
    for (const raw of Object.values(variants)) {
      const { config, network } = networkOf(raw);
      tf.tidy(() => {
        const [x, timesteps, labels] = inputsOf(config);
        const among = ask(network, x, timesteps, labels);
        const second = labels ? tf.slice(labels, 1) : undefined;
        const alone = ask(network, tf.slice(x, [1, 0, 0, 0]), tf.slice(timesteps, 1), second);
        expect(alone).to.be.tensorCloseTo(tf.slice(among, [1, 0, 0, 0]), 1e-5);
      });
      network.dispose();
    }
  });

  it('says which shape it wants, and leaves nothing behind', () => {
    const { network } = networkOf(
      variants['a middle without attention, a table of labels, an embedding of another length'] ?? {},
    );
    const run = (x: number[], timesteps: number[], labels?: number[]) => () =>
      ask(
        network,
        tf.zeros<tf.Rank.R4>(x as [number, number, number, number]),
        tf.zeros<tf.Rank.R1>(timesteps as [number]),
        labels && tf.zeros<tf.Rank.R1>(labels as [number], 'int32'),
      );
    const refusals = [
      ['bad-shape', run([2, 8, 8, 1], [2], [2])],
      ['bad-shape', run([8, 8, 3], [8], [8])],
      ['bad-shape', run([2, 8, 7, 3], [2], [2])],
      ['bad-shape', run([2, 8, 8, 3], [1], [2])],
      ['bad-shape', run([2, 8, 8, 3], [2], [3])],
      ['missing-labels', run([2, 8, 8, 3], [2])],
    ] as const;
    return expectNoLeak(() => {
      tf.tidy(() => {
        for (const [code, body] of refusals) expect(body).to.throw(ArgumentError).with.property('code', code);
      });
    }).finally(() => network.dispose());
  });

  it('refuses labels where it takes none', () => {
    const { config, network } = networkOf(
      variants['no middle, centred input, other channels out than in, not square'] ?? {},
    );
    tf.tidy(() => {
      const [x, timesteps] = inputsOf(config);
      expect(() => ask(network, x, timesteps, tf.tensor1d([1, 2], 'int32')))
        .to.throw(ArgumentError)
        .with.property('code', 'unexpected-labels');
    });
    network.dispose();
  });

  it('leaves nothing behind when the checkpoint does not fit', () => {
    const config = parseUNet2DConfig(Object.values(variants)[0] ?? {});
    const weights = formulaWeights(parameterShapes(unet2d(config)));
    const damaged = (change: (copy: typeof weights) => unknown) => {
      const copy = new Map(weights);
      change(copy);
      return () => tfjsNetwork(unet2d(config), copy);
    };
    const refusals = [
      ['missing-tensor', 'conv_out.bias', damaged((copy) => copy.delete('conv_out.bias'))],
      [
        'bad-tensor-shape',
        'conv_out.bias',
        damaged((copy) => copy.set('conv_out.bias', { shape: [4], data: new Float32Array(4) })),
      ],
      [
        'bad-tensor-shape',
        'conv_out.bias',
        damaged((copy) => copy.set('conv_out.bias', { shape: [3], data: new Float32Array(2) })),
      ],
      [
        'unexpected-tensor',
        'one.more',
        damaged((copy) => copy.set('one.more', { shape: [1], data: new Float32Array(1) })),
      ],
    ] as const;
    return expectNoLeak(() => {
      for (const [code, name, body] of refusals)
        expect(body).to.throw(CheckpointError, name).with.property('code', code);
    });
  });

  it('keeps its weights when it is built inside a tidy, and may be disposed twice', () =>
    expectNoLeak(() => {
      tf.engine().startScope();
      const { config, network } = networkOf(Object.values(variants)[0] ?? {});
      tf.engine().endScope();
      tf.tidy(() => {
        expect(ask(network, ...inputsOf(config)).shape).to.deep.equal([2, 8, 8, 3]);
      });
      network.dispose();
      network.dispose();
    }));
});

// diffusers 0.21.4, torch 1.13.0; tolerance as agreed: 2e-5 of the largest magnitude
describeShared('goldens of whole networks', 'goldens/diffusers', () => {
  onBackends(() => {
    for (const name of ['class-conditional-tiny', 'ddpm-cifar-tiny', 'heads-default-tiny']) {
      it(`${name} is within 2e-5 of its largest output`, () =>
        expectNoLeak(() => {
          const file = (path: string): string => shared(`goldens/diffusers/${name}/${path}`);
          const stored = parseSafetensors(bytes(file('diffusion_pytorch_model.safetensors')));
          const weights = new Map(
            [...stored].map(([key, { shape, data }]) => [key, { shape, data: Float32Array.from(numbers(data)) }]),
          );
          const network = tfjsNetwork(unet2d(parseUNet2DConfig(json(file('config.json')))), weights);
          const io = parseSafetensors(bytes(file('io.safetensors')));
          const tensor = (key: string): tf.Tensor =>
            tf.tensor(numbers(io.get(key)?.data ?? []), [...(io.get(key)?.shape ?? [])]);
          tf.tidy(() => {
            const labels = io.has('class_labels')
              ? (tf.cast(tensor('class_labels'), 'int32') as tf.Tensor1D)
              : undefined;
            const x = tf.transpose(tensor('sample'), [0, 2, 3, 1]) as tf.Tensor4D;
            const output = ask(network, x, tensor('timestep') as tf.Tensor1D, labels);
            const expected = tf.transpose(tensor('output'), [0, 2, 3, 1]);
            expect(output).to.be.tensorCloseTo(expected, 2e-5 * magnitude(expected));
          });
          network.dispose();
        }));
    }
  });
});
