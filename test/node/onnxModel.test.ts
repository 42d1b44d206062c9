import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import { findOnnxRuntime } from '../../src/node/sessions/onnxRuntime.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { formula } from '../networks/formula.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { type CheckpointParts, compareModels, STORES, type Store, writeCheckpoint } from './onnxCheckpoint.ts';

const FASHION = join(root, 'models/fashion-28');
const configOf = (folder: string): string => readFileSync(join(folder, 'unet/config.json'), 'utf8');

const SESSION = { sessions: 1, threads: 2 };

describe('onnxruntime-node', () => {
  it('is there and loads, so that nothing below is tested in vain', () => {
    expect(findOnnxRuntime()).to.include({ usable: true });
  });
});

describe('a diffusers folder on the ONNX engine', () => {
  const path = scratchFolder();

  const bothEngines = async (folder: string): Promise<[onnx: Model, tfjs: Model]> => {
    const disk = await openFolder(folder);
    return [await openOnnxDiffusers(disk, SESSION, path('cache')), await openModel(disk)];
  };

  const expectEqual = async (parts: CheckpointParts): Promise<void> => {
    const [onnx, other] = await bothEngines(writeCheckpoint(path('model'), parts));
    const { engine, device, ...others } = onnx;
    const facts = Object.fromEntries(Object.entries(others).filter(([, value]) => typeof value !== 'function'));
    expect({ engine, device }).to.deep.equal({ engine: 'onnx', device: 'cpu' });
    expect(facts).to.include.keys('digest', 'imageShape', 'latentShape', 'scheduler');
    expect(other).to.deep.include(facts); // the digest among them
    expect(compareModels(onnx, other)).to.be.within(0, 2e-5);
    onnx.dispose();
    other.dispose();
  };

  for (const [title, store, value] of [
    ['NaN', STORES.F32, Number.NaN],
    ['what float16 overflowed to', STORES.F16, 1e6],
    ['what bfloat16 overflowed to', STORES.BF16, Number.POSITIVE_INFINITY],
    ['what float32 cannot hold', STORES.F64, 1e39],
  ] as const) {
    it(`is refused with ${title} among its weights, in place as in memory`, async () => {
      const damaged: Store = (data) => {
        const { dtype, data: stored } = store(data);
        if (data.length === 16 && stored instanceof Float64Array) stored[3] = value;
        if (data.length === 16 && !(stored instanceof Float64Array)) {
          return store(data.map((own, n) => (n === 3 ? value : own)));
        }
        return { dtype, data: stored };
      };
      const folder = writeCheckpoint(path('model'), { store: damaged, shards: 2 });
      for (const engine of ['onnx', 'tfjs'] as const) {
        const error = await rejection(loadModel(folder, { engine }));
        expect(error, engine).to.be.instanceOf(CheckpointError).with.property('code', 'not-finite-weights');
        expect(error.message).to.match(/ in .*diffusion_pytorch_model-0\.safetensors has 1 of 16 values/);
      }
    });
  }

  it('says that it was disposed, to calls that come later and to one that waits', () =>
    expectNoLeak(async () => {
      const model = await openOnnxDiffusers(await openFolder(writeCheckpoint(path('model'))), SESSION, path('cache'));
      const x = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);
      const waiting = rejection(model.predictAsync(x, 5));
      await Promise.resolve();
      model.dispose();
      model.dispose();
      expect(() => model.predict(x, 5))
        .to.throw(ArgumentError)
        .with.property('code', 'model-disposed');
      for (const late of [waiting, rejection(model.predictAsync(x, 5))]) {
        expect(await late).to.have.property('code', 'model-disposed');
      }
      x.dispose();
    }));

  const CONFIGS: Readonly<Record<string, CheckpointParts>> = {
    'labels from a table': { change: { num_class_embeds: 5 } },
    'labels as timesteps': { change: { class_embed_type: 'timestep' } },
    'images that are not square': { change: { sample_size: [6, 10], in_channels: 2, out_channels: 6 } },
    'three shards': { shards: 3 },
    'weights of float16': { store: STORES.F16 },
    'weights of bfloat16': { store: STORES.BF16 },
    'weights of float64': { store: STORES.F64 },
    'weights of 8 bits, which ONNX Runtime does not widen': { store: STORES.F8_E5M2 },
  };
  for (const [title, parts] of Object.entries(CONFIGS)) {
    it(`gives what tfjs gives: ${title}`, () => expectNoLeak(() => expectEqual(parts)));
  }

  it('starts from what is in the cache the second time', async () => {
    const folder = await openFolder(writeCheckpoint(path('model')));
    const models = [
      await openOnnxDiffusers(folder, SESSION, path('cache')),
      await openOnnxDiffusers(folder, SESSION, path('cache')),
    ] as const;
    expect(compareModels(...models)).to.equal(0);
    expect(readdirSync(path('cache'))).to.have.length(1);
    for (const model of models) model.dispose();
  });

  it('refuses weights that do not fit, and makes nothing of them', async () => {
    const folder = await openFolder(writeCheckpoint(path('model')));
    const weights = join(path('model'), 'unet/diffusion_pytorch_model.safetensors');
    const refusals = [
      ['html-instead-of-weights', () => writeFileSync(weights, '<!doctype html><html></html>')],
      ['bad-safetensors', () => writeFileSync(weights, '')],
      ['unexpected-tensor', () => writeCheckpoint(path('model'), { change: { num_class_embeds: 5 } })],
    ] as const;
    for (const [code, damage] of refusals) {
      damage();
      if (code === 'unexpected-tensor') {
        const plain = JSON.stringify({ ...JSON.parse(configOf(path('model'))), num_class_embeds: null });
        writeFileSync(join(path('model'), 'unet/config.json'), plain);
      }
      expect(await rejection(openOnnxDiffusers(folder, SESSION, path('cache')))).to.have.property('code', code);
    }
    expect(() => readdirSync(path('cache'))).to.throw('ENOENT');
  });
});

describe('loadModel', () => {
  const path = scratchFolder();
  const cacheHome = process.env['XDG_CACHE_HOME'];

  beforeEach(() => {
    process.env['XDG_CACHE_HOME'] = path('home');
  });
  afterEach(() => {
    if (cacheHome === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cacheHome;
  });

  it('takes the ONNX engine where it is installed, and tfjs where it is asked to', async () => {
    const folder = writeCheckpoint(path('model'));
    for (const [asked, got] of [
      ['auto', 'onnx'],
      ['onnx', 'onnx'],
      ['tfjs', 'tfjs'],
    ] as const) {
      const model = await loadModel(folder, { engine: asked, ...SESSION });
      expect(model.engine).to.equal(got);
      model.dispose();
    }
  });

  it('goes on with tfjs, saying so, where graphs cannot be kept; not if it was asked for the ONNX engine', async () => {
    const folder = writeCheckpoint(path('model'));
    writeFileSync(path('home'), 'no folder');
    const said: string[] = [];
    const { warn } = console;
    console.warn = (message: string) => said.push(message);
    try {
      const model = await loadModel(folder);
      expect(model.engine).to.equal('tfjs');
      model.dispose();
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.length(1);
    expect(said[0]).to.include('tfjs').and.include(path('home'));
    expect(await rejection(loadModel(folder, { engine: 'onnx' }))).to.have.property('code', 'no-cache-folder');
  });

  it('refuses an engine that it does not know or that cannot run the model', async () => {
    const refusals = [
      ['unknown-engine', () => loadModel('anywhere', { engine: 'webnn' as 'onnx' })],
      ['bad-engine', () => loadModel('http://127.0.0.1/model', { engine: 'onnx' })],
      ['bad-threads', () => loadModel(writeCheckpoint(path('model')), { engine: 'onnx', threads: 0 })],
      ['bad-engine', () => loadModel(path('model/model.json'), { engine: 'onnx' })],
      ['bad-engine', () => loadModel(path('model/model.onnx'), { engine: 'tfjs' })],
      ['unexpected-description', () => loadModel(path('model'), { engine: 'onnx', prediction: 'sample' })],
    ] as const;
    for (const [code, load] of refusals) expect(await rejection(load())).to.have.property('code', code);
  });

  it('gives the same variants on both engines', () =>
    expectNoLeak(async () => {
      const models = await Promise.all((['onnx', 'tfjs'] as const).map((engine) => loadModel(FASHION, { engine })));
      const [shape, keys] = [[3, 28, 28, 1] as [number, number, number, number], ['a', 'b', 'c']];
      const images = tf.tidy(() => tf.clipByValue(tf.abs(tf.tensor4d(formula('images', shape), shape)), 0, 1));
      const variants: Float32Array[] = [];
      for (const model of models) {
        const options = { strength: 0.4, steps: 10, seed: 'engines', labels: [9, 10, 0], keys };
        const made = await boomerang(model, images as tf.Tensor4D, options);
        variants.push(await made.data<'float32'>());
        made.dispose();
        model.dispose();
      }
      images.dispose();
      const [a = [], b = []] = variants;
      if (process.env['PARITY']) console.log(`variants of both engines: ${largestDifference(a, b).toExponential(1)}`);
      expect(largestDifference(a, b)).to.be.at.most(1e-4);
    }));
});
