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

type Row = {
  readonly title: string;
  readonly lane: Lane;
  /** Whether the page is cross-origin isolated, so that wasm has threads. */
  readonly isIsolated: boolean;
  readonly rounds: number;
};

const ROWS: readonly Row[] = [
  {
    title: 'TensorFlow.js, wasm, one thread',
    lane: { backend: 'wasm', engine: 'tfjs', device: 'auto' },
    isIsolated: false,
    rounds: 9,
  },
  {
    title: 'TensorFlow.js, wasm, threads',
    lane: { backend: 'wasm', engine: 'tfjs', device: 'auto' },
    isIsolated: true,
    rounds: 9,
  },
  {
    title: 'ONNX Runtime, wasm, one thread',
    lane: { backend: 'wasm', engine: 'onnx', device: 'cpu' },
    isIsolated: false,
    rounds: 9,
  },
  {
    title: 'ONNX Runtime, wasm, threads',
    lane: { backend: 'wasm', engine: 'onnx', device: 'cpu' },
    isIsolated: true,
    rounds: 9,
  },
  {
    title: 'TensorFlow.js, WebGL',
    lane: { backend: 'webgl', engine: 'tfjs', device: 'auto' },
    isIsolated: true,
    rounds: 2,
  },
  {
    title: 'TensorFlow.js, WebGPU',
    lane: { backend: 'webgpu', engine: 'tfjs', device: 'auto' },
    isIsolated: true,
    rounds: 2,
  },
  {
    title: 'ONNX Runtime, WebGPU',
    lane: { backend: 'wasm', engine: 'onnx', device: 'webgpu' },
    isIsolated: true,
    rounds: 2,
  },
];
const BATCHES = [1, 4];

const shown = (ms: number): string => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));

const evaluate = (page: Page, lane: Lane, batch: number): Promise<number> =>
  page.evaluate(`globalThis.evaluate(${JSON.stringify(lane)}, ${batch})`);

const script = await bundlePage(join(import.meta.dirname, 'browserPage.ts'));
const sites = { true: await servePage(script), false: await servePage(script, () => false, false) };
const browser = await launchChromium(SOFTWARE_GPU);
if (browser === undefined) throw new Error('needs Chromium or Chrome below /usr/bin');
const pages = { true: await browser.newPage(), false: await browser.newPage() };
try {
  for (const isIsolated of ['true', 'false'] as const) await pages[isIsolated].goto(sites[isIsolated].address);
  console.log(await pages.true.evaluate('navigator.userAgent'));
  console.log(`| | ${BATCHES.map((batch) => `batch ${batch}`).join(' | ')} |\n|---|${'---|'.repeat(BATCHES.length)}`);
  const times = new Map<string, number[]>();
  for (let round = -1; round < 9; round += 1) {
    for (const { title, lane, isIsolated } of ROWS.filter((row) => round < row.rounds)) {
      for (const batch of BATCHES) {
        const took = await evaluate(pages[`${isIsolated}`], lane, batch);
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
  await Promise.all([sites.true.close(), sites.false.close()]);
}
