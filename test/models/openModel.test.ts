import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { rejection } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

const FILES = ['boomerang.json', 'scheduler/scheduler_config.json', 'unet/config.json'];
const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';
const read = (path: string): Uint8Array => readFileSync(join(root, 'models/fashion-28', path));
const files = new Map([...FILES, WEIGHTS].map((path) => [path, read(path)]));
const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
const open = (changes: Record<string, Uint8Array | undefined> = {}): Promise<Model> => {
  const changed = new Map<string, Uint8Array>(files);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes) changed.set(path, bytes);
    else changed.delete(path);
  }
  return openModel(memoryFolder('a model', changed));
};

describe('openModel', () => {
  let model: Model;
  let x: tf.Tensor4D;
  before(async () => {
    model = await open();
    x = tf.randomUniform([2, 28, 28, 1], -1, 1, 'float32', 3);
  });
  after(() => {
    model.dispose();
    x.dispose();
  });

  it('says what a model is', () => {
    expect(model.imageShape).to.deep.equal([28, 28, 1]);
    expect(model.scheduler).to.include({ prediction: 'epsilon', clip: 1, variance: 'small' });
    expect(model.labels).to.deep.include({ count: 11, nullLabel: 10 });
    expect(model.parameterCount).to.equal(1_114_209);
    expect(model.digest).to.match(/^[0-9a-f]{16}$/);
  });

  it('returns to the null label unless it is told another one', async () => {
    await expectNoLeak(async () => {
      const [alone, told, other] = [
        model.predict(x, 500),
        model.predict(x, [500, 500], 10),
        model.predict(x, 500, [10, 3]),
      ];
      expect(told).to.be.tensorCloseTo(alone, 0);
      const first = (of: tf.Tensor4D): tf.Tensor4D => tf.slice(of, 0, 1);
      const parts = [first(other), first(alone)] as const;
      expect(parts[0]).to.be.tensorCloseTo(parts[1], 1e-5);
      expect(other).to.not.be.tensorCloseTo(alone, 1e-2);
      const tensors = [tf.tensor1d([500, 500]), tf.tensor1d([10, 10], 'int32')] as const;
      const awaited = await model.predictAsync(x, ...tensors);
      expect(awaited).to.be.tensorCloseTo(alone, 0);
      tf.dispose([alone, told, other, awaited, ...parts, ...tensors]);
    });
  });

  const refusals: [string, unknown[], RegExp][] = [
    ['bad-label', [500, 11], /0 to 10, got 11/],
    ['bad-label', [500, 1.5], /1\.5/],
    ['bad-label', [500, [1, 2, 3]], /2 images, got 3/],
    ['bad-timestep', [[1, 2, 3]], /2 images, got 3/],
    ['bad-timestep', [-1], /-1/],
    ['bad-timestep', [Number.NaN], /NaN/],
    ['bad-timestep', [Number.POSITIVE_INFINITY], /Infinity/],
    ['bad-timestep', [undefined], /got undefined/],
    ['bad-timestep', ['500'], /got string/],
    ['bad-timestep', [['5', '5']], /got 5/],
    ['bad-timestep', [{}], /got object/],
    ['bad-label', [500, '3'], /got string/],
  ];
  for (const [code, args, message] of refusals) {
    it(`refuses to predict for ${JSON.stringify(args)}: ${code}`, () => {
      const predict = model.predict as (...given: unknown[]) => tf.Tensor;
      expect(() => predict(x, ...args))
        .to.throw(ArgumentError, message)
        .with.property('code', code);
    });
  }

  it('refuses images of another size', () => {
    const small = tf.zeros<tf.Rank.R4>([1, 14, 14, 1]);
    expect(() => model.predict(small, 0)).to.throw(ArgumentError, /28, 28, 1.*14,14,1/);
    small.dispose();
  });

  it('refuses what is no float32 tensor of images, by what it got', async () => {
    const [gone, whole, flat] = [tf.zeros([1, 28, 28, 1]), tf.zeros([1, 28, 28, 1], 'int32'), tf.zeros([28, 28, 1])];
    gone.dispose();
    const none = tf.zeros([0, 28, 28, 1]);
    const wrong: readonly (readonly [unknown, string, RegExp])[] = [
      [undefined, 'bad-images', /got undefined/],
      [null, 'bad-images', /got null/],
      [[[[[0]]]], 'bad-images', /got an array; make a tensor/],
      [Promise.resolve(x), 'bad-images', /got a promise; await it/],
      [gone, 'bad-images', /disposed/],
      [whole, 'bad-images', /int32; cast it/],
      [flat, 'bad-image-shape', /got \[28,28,1\]/],
      [none, 'bad-image-shape', /at least one image, got \[0,28,28,1\]/],
    ];
    for (const [images, code, message] of wrong) {
      expect(() => model.predict(images as tf.Tensor4D, 500), code)
        .to.throw(ArgumentError, message)
        .with.property('code', code);
      expect(await rejection(model.predictAsync(images as tf.Tensor4D, 500))).to.have.property('code', code);
    }
    tf.dispose([whole, flat, none]);
  });

  it('says that it was disposed, to calls that come later and to one that waits', () =>
    expectNoLeak(async () => {
      const other = await open();
      const waiting = rejection(other.predictAsync(x, 500));
      other.dispose();
      other.dispose();
      expect(() => other.predict(x, 500))
        .to.throw(ArgumentError)
        .with.property('code', 'model-disposed');
      for (const late of [waiting, rejection(other.predictAsync(x, 500))]) {
        expect(await late).to.have.property('code', 'model-disposed');
      }
    }));

  it('answers for images that were disposed while it waited its turn', async () => {
    const own = tf.clone(x);
    const waiting = model.predictAsync(own, 500);
    await Promise.resolve();
    own.dispose();
    const [late, wanted] = [await waiting, model.predict(x, 500)];
    expect(late).to.be.tensorCloseTo(wanted, 0);
    tf.dispose([late, wanted]);
  });

  it('needs labels of a conditional model whose null label nobody knows', async () => {
    const unnamed = await open({ 'boomerang.json': undefined });
    expect(() => unnamed.predict(x, 500))
      .to.throw(ArgumentError, /boomerang\.json/)
      .with.property('code', 'bad-label');
    unnamed.predict(x, 500, 3).dispose();
    unnamed.dispose();
  });

  it('assumes a schedule aloud, once', async () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (line: string) => said.push(line);
    try {
      for (let i = 0; i < 2; i += 1) (await open({ 'scheduler/scheduler_config.json': undefined })).dispose();
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.include('DDPM');
  });

  it('leaves nothing behind when the weights do not fit', async () => {
    const config = { ...JSON.parse(new TextDecoder().decode(read('unet/config.json'))), layers_per_block: 2 };
    await expectNoLeak(async () => {
      let caught: unknown;
      await open({ 'unet/config.json': text(config) }).catch((error) => {
        caught = error;
      });
      expect(caught).to.be.instanceOf(CheckpointError).with.property('code', 'missing-tensor');
    });
  });

  it('refuses a null label that the network does not have', async () => {
    let caught: unknown;
    await expectNoLeak(() =>
      open({ 'boomerang.json': text({ nullLabel: 11 }) }).catch((error) => {
        caught = error;
      }),
    );
    expect(caught).to.be.instanceOf(CheckpointError).with.property('code', 'bad-sidecar');
  });

  it('has another digest as soon as anything differs', async () => {
    const other = await open({ 'boomerang.json': text({ nullLabel: 9 }) });
    expect(other.digest).to.not.equal(model.digest);
    other.dispose();
  });
});
