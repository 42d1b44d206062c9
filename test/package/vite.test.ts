import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { describeChromium } from '../support/chromium.ts';
import { consumer } from '../support/packed.ts';
import { root } from '../support/shared.ts';

describeChromium('the browser example, built by Vite from the package', (browser) => {
  const { path } = consumer('@tensorflow/tfjs-backend-webgpu');
  const home = (): string => path('examples/browser');
  let server: PreviewServer;
  let page: Page;
  let faults: string[];

  before(async function () {
    this.timeout(180_000);
    for (const name of ['browser', 'images'])
      cpSync(join(root, 'examples', name), path(`examples/${name}`), { recursive: true });
    const project = { root: home(), publicDir: path('node_modules/tfjs-boomerang/models'), base: './' } as const;
    const usual = { ...project, logLevel: 'silent', configFile: false, worker: { format: 'es' } } as const;
    const input = ['index.html', 'shortest.html'].map((name) => join(home(), name));
    await build({ ...usual, build: { modulePreload: false, rollupOptions: { input } } }); // the polyfill of preloading is looked for in the project
    server = await preview({ ...usual, preview: { port: 0 } });
  });
  after(() => server?.close());
  beforeEach(async () => {
    faults = [];
    page = await browser().newPage();
    page.on('pageerror', ({ message }) => faults.push(message));
  });
  afterEach(() => page.close());

  const visit = (name: string): Promise<unknown> => page.goto(`${server.resolvedUrls?.local[0]}${name}`);

  it('makes a variant in as little code as the README shows', async () => {
    await visit('shortest.html');
    await page.waitForFunction('document.title !== "tfjs-boomerang"');
    expect(await page.title()).to.equal('tfjs: 1,28,28,1');
    expect(faults).to.deep.equal([]);
  });

  it('makes variants of the samples, and of other pictures, further away when the slider says so', async () => {
    await visit('index.html');
    const isDone = '/ms a variant/.test(document.getElementById("status").textContent)';
    await page.waitForFunction(isDone);
    expect(await page.locator('.row canvas').count()).to.equal(6 * 5);
    expect(await page.locator('.row canvas.waiting').count()).to.equal(0);
    await page.waitForFunction('/frames late/.test(document.getElementById("frames").textContent)');

    const distance = (): Promise<number> =>
      page.evaluate(`(() => {
        const [first, second] = [...document.querySelectorAll('.row canvas')].map((canvas) =>
          canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data);
        return first.reduce((sum, value, n) => sum + (value - second[n]) ** 2, 0);
      })()`);
    await page.locator('#files').setInputFiles([join(root, 'examples/images/5-sandal-0.png')]);
    await page.waitForFunction(`${isDone} && document.querySelectorAll('.row').length === 1`);
    const near = await distance();
    await page.locator('#strength').fill('0.9');
    await page.locator('#count').fill('1');
    await page.waitForFunction(`${isDone} && document.querySelectorAll('.row canvas').length === 2`);
    expect(await distance()).to.be.above(near);
    expect(faults).to.deep.equal([]);
  });

  it('says what is at fault, and goes on with the next model', async () => {
    await visit('index.html');
    const failure = page.locator('#failure');
    for (const [address, words] of [
      ['./nowhere', 'holds no model'],
      ['http://127.0.0.1:9/model', 'http://127.0.0.1:9/model/'],
    ] as const) {
      await page.locator('#address').fill(address);
      await page.locator('button[type=submit]').click();
      await page.waitForFunction(`document.getElementById('failure').textContent.includes(${JSON.stringify(words)})`);
      expect(await failure.isVisible()).to.equal(true);
    }
    await page.locator('#files').setInputFiles([join(root, 'package.json')]);
    await page.waitForFunction(`document.getElementById('failure').textContent.includes('1 of 1 files')`);
    await page.locator('#address').fill('./fashion-28');
    await page.locator('button[type=submit]').click();
    await page.waitForFunction('/ms a variant/.test(document.getElementById("status").textContent)');
    expect(await failure.isVisible()).to.equal(false);
    expect(faults).to.deep.equal([]);
  });
});
