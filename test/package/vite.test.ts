import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { build, preview } from 'vite';
import { describeChromium } from '../support/chromium.ts';
import { consumer } from '../support/packed.ts';
import { root } from '../support/shared.ts';

describeChromium('the browser example, built by Vite from the package', (browser) => {
  const { path } = consumer();

  it('makes variants on wasm', async function () {
    this.timeout(180_000);
    cpSync(join(root, 'examples/browser'), path('.'), { recursive: true });
    cpSync(path('node_modules/tfjs-boomerang/models'), path('public/models'), { recursive: true });
    const wasm = path('node_modules/@tensorflow/tfjs-backend-wasm/dist');
    for (const name of readdirSync(wasm).filter((file) => file.endsWith('.wasm')))
      cpSync(join(wasm, name), path(`public/${name}`));
    const project = { root: path('.'), logLevel: 'silent', configFile: false } as const;
    await build({ ...project, build: { modulePreload: false } }); // its polyfill is looked for in the project
    const server = await preview({ ...project, preview: { port: 0 } });
    const page = await browser().newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    try {
      await page.goto(server.resolvedUrls?.local[0] ?? '');
      await page.waitForFunction('document.title !== "tfjs-boomerang"');
      expect(await page.title()).to.equal('tfjs: 1,28,28,1');
      expect(faults).to.deep.equal([]);
    } finally {
      await page.close();
      await server.close();
    }
  });
});
