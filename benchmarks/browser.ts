import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium, SOFTWARE_GPU } from '../test/support/chromium.ts';
import { bundlePage, servePage } from '../test/support/webPage.ts';
import type { Lane } from './browserPage.ts';
import { summarise } from './statistics.ts';

/*
 * What an evaluation of the shipped model takes in Chromium, by engine and backend, in turns. Where there is no GPU the
 * GPUs are software: they show that it runs, not how fast. Prints the table of benchmarks/README.md.
 */

type Row = { readonly title: string; readonly lane: Lane; readonly rounds: number };

const ROWS: readonly Row[] = [
  { title: 'TensorFlow.js, wasm', lane: { backend: 'wasm', engine: 'tfjs', device: 'auto' }, rounds: 9 },
  { title: 'ONNX Runtime, wasm', lane: { backend: 'wasm', engine: 'onnx', device: 'cpu' }, rounds: 9 },
  { title: 'TensorFlow.js, WebGL', lane: { backend: 'webgl', engine: 'tfjs', device: 'auto' }, rounds: 3 },
  { title: 'TensorFlow.js, WebGPU', lane: { backend: 'webgpu', engine: 'tfjs', device: 'auto' }, rounds: 3 },
  { title: 'ONNX Runtime, WebGPU', lane: { backend: 'wasm', engine: 'onnx', device: 'webgpu' }, rounds: 3 },
];
const BATCHES = [1, 4];

const shown = (ms: number): string => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));

const evaluate = (page: Page, lane: Lane, batch: number): Promise<number> =>
  page.evaluate(`globalThis.evaluate(${JSON.stringify(lane)}, ${batch})`);

const site = await servePage(await bundlePage(join(import.meta.dirname, 'browserPage.ts')));
const browser = await launchChromium(SOFTWARE_GPU);
if (browser === undefined) throw new Error('needs Chromium or Chrome below /usr/bin');
try {
  const page = await browser.newPage();
  await page.goto(site.address);
  await page.waitForFunction('globalThis.evaluate !== undefined');
  const cores = await page.evaluate('navigator.hardwareConcurrency');
  console.log(`Chromium ${browser.version()}, ${cores} cores; median and quartiles, ms an image\n`);
  console.log(`| | ${BATCHES.map((batch) => `batch ${batch}`).join(' | ')} |\n|---|${'---|'.repeat(BATCHES.length)}`);
  const times = new Map<string, number[]>();
  for (let round = -1; round < 9; round += 1) {
    for (const { title, lane } of ROWS.filter(({ rounds }) => round < rounds)) {
      for (const batch of BATCHES) {
        const took = await evaluate(page, lane, batch);
        const key = `${title} ${batch}`;
        if (round >= 0) times.set(key, [...(times.get(key) ?? []), took / batch]); // the first is to warm up
      }
    }
  }
  for (const { title } of ROWS) {
    const cells = BATCHES.map((batch) => {
      const { median, q1, q3 } = summarise(times.get(`${title} ${batch}`) ?? []);
      return `${shown(median)} (${shown(q1)} to ${shown(q3)})`;
    });
    console.log(`| ${title} | ${cells.join(' | ')} |`);
  }
} finally {
  await browser.close();
  await site.close();
}
