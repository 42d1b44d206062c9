import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { describeChromium, SOFTWARE_GPU } from '../support/chromium.ts';
import { stableFiles } from '../support/latentPipeline.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';
import { bundlePage, servePage, type WebPage } from '../support/webPage.ts';
import type { Seen, Way } from './page.ts';

const OPTIONS = { strength: 0.3, steps: 1, seed: 'browser' } as const;

/** What Node makes of the same image. */
const inNode = async (model: Model, shape: [number, number, number, number], told = {}): Promise<number[]> => {
  const images = tf.fill(shape, 0.25) as tf.Tensor4D;
  const variants = await boomerang(model, images, { ...OPTIONS, ...told });
  const pixels = Array.from(await variants.data());
  tf.dispose([images, variants]);
  return pixels;
};

/** Ways to compute, and by how much they may differ from Node: software GPUs have coarse sines, which time goes through. */
const WAYS: readonly (readonly [title: string, way: Way, tolerance: number])[] = [
  ['TensorFlow.js on wasm', { backend: 'wasm', engine: 'tfjs' }, 1e-4],
  ['ONNX Runtime on wasm', { backend: 'wasm', engine: 'onnx', device: 'cpu' }, 1e-4],
  ['TensorFlow.js on WebGL', { backend: 'webgl', engine: 'tfjs' }, 1e-3],
  ['TensorFlow.js on WebGPU', { backend: 'webgpu', engine: 'tfjs' }, 5e-3],
  ['ONNX Runtime on WebGPU', { backend: 'wasm', engine: 'onnx', device: 'webgpu' }, 5e-3],
];

describeChromium(
  'in a browser',
  (browser) => {
    let [site, page]: [WebPage, Page] = [undefined as never, undefined as never];
    let [digest, pixels]: [string, readonly number[]] = ['', []];
    const faults: string[] = [];
    const call = <T = Seen>(name: string, way: Way): Promise<T> =>
      page.evaluate(`globalThis.${name}(${JSON.stringify(way)})`) as Promise<T>;

    before(async () => {
      const latent = await stableFiles();
      const script = await bundlePage(join(import.meta.dirname, 'page.ts'));
      site = await servePage(script, (path, _request, response) => {
        const file = latent.get(path.replace('/latent/', ''));
        if (file !== undefined) response.end(file);
        return file !== undefined;
      });
      page = await browser().newPage();
      page.on('pageerror', ({ message }) => faults.push(message));
      await page.goto(site.address);
      await page.waitForFunction('globalThis.comeBack !== undefined');
      const model = await openModel(await openFolder(join(root, 'models/fashion-28')));
      [digest, pixels] = [model.digest, await inNode(model, [1, 28, 28, 1])];
      model.dispose();
    });
    after(() => site?.close());
    afterEach(() => expect(faults).to.deep.equal([]));

    for (const [title, way, tolerance] of WAYS) {
      it(`${title} brings an image back as Node does`, async function () {
        this.timeout(120_000);
        const seen = await call('comeBack', way);
        expect(seen).to.include({ digest, tensors: 0, ...(({ device, ...rest }) => rest)(way) });
        expect(largestDifference(seen.pixels, pixels)).to.be.below(tolerance);
        if (way.engine !== 'onnx') return;
        expect(seen.said[0]).to.include(way.device === 'cpu' ? 'on wasm, threads: 2' : 'on webgpu');
      });
    }

    it('a transform makes the same variants, and hands labels on', async () => {
      const seen = await call('augment', { backend: 'wasm', engine: 'onnx', device: 'cpu' });
      expect(seen).to.include({ digest, engine: 'onnx', tensors: 0 });
      expect(largestDifference(seen.pixels.slice(0, -1), pixels)).to.be.below(1e-4);
      expect(seen.pixels.at(-1)).to.equal(3);
    });

    it('a GPU that is a processor in disguise is not taken unasked', async () => {
      const seen = await call('comeBack', { backend: 'wasm' });
      expect(seen).to.include({ digest, engine: 'onnx' });
      expect(seen.said[0]).to.include('on wasm');
    });

    it('ONNX Runtime refuses to answer without waiting, as backends do that cannot', async () => {
      const [code, message] = await call<[string, string]>('refusal', {
        backend: 'wasm',
        engine: 'onnx',
        device: 'cpu',
      });
      expect(code).to.equal('needs-async');
      expect(message).to.include('mapAsync').and.not.include('\n');
    });

    for (const [title, way, tolerance] of [
      ['TensorFlow.js', { backend: 'wasm', engine: 'tfjs' }, 1e-4],
      ['ONNX Runtime on wasm', { backend: 'wasm', engine: 'onnx', device: 'cpu' }, 1e-4],
      ['ONNX Runtime on WebGPU', { backend: 'wasm', engine: 'onnx', device: 'webgpu' }, 5e-3],
    ] as const) {
      it(`${title} opens a pipeline that walks in latents, in another size, and tells it a prompt`, async function () {
        this.timeout(120_000);
        const seen = await call('comeBackLatent', way);
        expect(seen).to.include({ engine: way.engine, tensors: 0 });
        const model = await openModel(memoryFolder('latent', await stableFiles()), { imageSize: [16, 24] });
        const told = { prompt: 'a photo of a cat', negativePrompt: 'blurry', guidance: 3 };
        expect(seen.digest).to.equal(model.digest);
        expect(largestDifference(seen.pixels, await inNode(model, [1, 16, 24, 3], told))).to.be.below(tolerance);
        model.dispose();
      });
    }
  },
  SOFTWARE_GPU,
);

describeChromium('in a browser without a GPU and without onnxruntime-web', (browser) => {
  let [site, page]: [WebPage, Page] = [undefined as never, undefined as never];

  before(async () => {
    site = await servePage(await bundlePage(join(import.meta.dirname, 'page.ts'), ['onnxruntime-web']));
    page = await browser().newPage();
    await page.goto(site.address);
    await page.waitForFunction('globalThis.comeBack !== undefined');
  });
  after(() => site?.close());

  it('the engine that was asked for is refused with the command that installs it', async () => {
    const [code, message] = (await page.evaluate(
      'globalThis.refusal({ backend: "wasm", engine: "onnx", device: "cpu" })',
    )) as [string, string];
    expect(code).to.equal('no-onnxruntime');
    expect(message)
      .to.match(/; npm install onnxruntime-web$/)
      .and.not.include('\n');
  });

  it('the GPU that was asked for is refused', async () => {
    const [code, message] = (await page.evaluate(
      'globalThis.refusal({ backend: "wasm", engine: "onnx", device: "webgpu" })',
    )) as [string, string];
    expect(code).to.equal('no-device');
    expect(message).to.include('webgpu').and.not.include('\n');
  });

  it('a model runs on TensorFlow.js, aloud', async () => {
    const seen = (await page.evaluate('globalThis.comeBack({ backend: "wasm" })')) as Seen;
    expect(seen.engine).to.equal('tfjs');
    expect(seen.said.join('\n')).to.include('going on with tfjs').and.include('npm install onnxruntime-web');
  });
});
