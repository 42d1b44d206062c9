import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { build } from 'esbuild';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { describeChromium } from '../support/chromium.ts';
import { stableFiles } from '../support/latentPipeline.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

type Page = { pixels: number[]; augmented: number[]; label: number; digest: string; engine: string; tensors: number };

type Files = ReadonlyMap<string, Uint8Array>;

/** Serves a page, its script, the files of the repository's models, and others below `/latent/`. */
const serve = async (script: string, latent: Files): Promise<Server> => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const own = latent.get(path.replace('/latent/', ''));
    if (path === '/')
      response.setHeader('content-type', 'text/html').end('<script type="module" src="/page.js"></script>');
    else if (path === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (own !== undefined) response.end(own);
    else if (path.startsWith('/models/') && !path.includes('..') && existsSync(join(root, path)))
      response.end(readFileSync(join(root, path)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    external: ['@tensorflow/tfjs-converter'], // only other formats of models need it
  });
  return outputFiles[0]?.text ?? '';
};

describeChromium('in a browser', (browser) => {
  /** What a function of the page returns. */
  const seenIn = async <T>(call: string, latent: Files = new Map()): Promise<T> => {
    const server = await serve(await bundle(), latent);
    const page = await browser().newPage();
    try {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('globalThis.run !== undefined');
      const seen = (await page.evaluate(`globalThis.${call}()`)) as T;
      expect(faults).to.deep.equal([]);
      return seen;
    } finally {
      await page.close();
      server.close();
    }
  };

  it('opens a model by its address and makes the same variants as in Node', async () => {
    const seen = await seenIn<Page>('run');
    expect(seen).to.include({ label: 3, engine: 'tfjs', tensors: 0 });
    expect(seen.augmented).to.deep.equal(seen.pixels);

    const model = await openModel(await openFolder(join(root, 'models/fashion-28')));
    const images = tf.fill([1, 28, 28, 1], 0.25) as tf.Tensor4D;
    const variants = await boomerang(model, images, { strength: 0.3, steps: 2, seed: 'browser' });
    expect(seen.digest).to.equal(model.digest);
    expect(largestDifference(seen.pixels, await variants.data())).to.be.below(1e-4);
    tf.dispose([images, variants]);
    model.dispose();
  });

  it('opens a pipeline that walks in latents, in another size, and tells it a prompt', async () => {
    const files = await stableFiles();
    const seen = await seenIn<Omit<Page, 'augmented' | 'label'>>('runLatent', files);
    expect(seen).to.include({ engine: 'tfjs', tensors: 0 });

    const model = await openModel(memoryFolder('latent', files), { imageSize: [16, 24] });
    const images = tf.fill([1, 16, 24, 3], 0.25) as tf.Tensor4D;
    const told = { prompt: 'a photo of a cat', negativePrompt: 'blurry', guidance: 3 };
    const variants = await boomerang(model, images, { strength: 0.3, steps: 2, seed: 'browser', ...told });
    expect(seen.digest).to.equal(model.digest);
    expect(largestDifference(seen.pixels, await variants.data())).to.be.below(1e-4);
    tf.dispose([images, variants]);
    model.dispose();
  });
});
