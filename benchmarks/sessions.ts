import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import { chooseBackend } from '../src/node/backend.ts';
import { loadModel } from '../src/node/loadModel.ts';
import type { Benchmark } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { interleave, type Subject } from './measure.ts';
import { exactly, summarise } from './statistics.ts';

const WAYS = [1, 2].flatMap((sessions) => [1, 2].map((threads) => ({ sessions, threads })));
const CALLERS = 16;

export const sessions: Benchmark = {
  about: 'sessions or threads: what serves calls that come together, and a call alone?',
  seconds: ({ quick }) => (quick ? 10 : 40),
  async *run(setting) {
    await chooseBackend();
    const models = await Promise.all(WAYS.map((way) => loadModel(FASHION, { engine: 'onnx', ...way })));
    try {
      const rounds = setting.quick ? 3 : 15;
      for (const [what, rows, subject] of [
        ['an image of 16 calls together', CALLERS, together],
        ['an image alone, blocking', 1, alone],
        ['an image of a batch of 16, blocking', CALLERS, batch],
      ] as const) {
        const subjects = Object.fromEntries(models.map((model, n) => [`${n}`, subject(model)]));
        const times = await interleave(subjects, { rounds });
        for (const [n, way] of WAYS.entries()) {
          const each = (times[`${n}`] ?? []).map((ms) => ms / rows);
          yield { bench: 'sessions', engine: 'onnx', at: way, what, unit: 'ms', ...summarise(each) };
        }
      }
      for (const [n, way] of WAYS.entries()) {
        const p99 = await loopDelay(together(models[n] as Model), setting.quick ? 1000 : 4000);
        const what = 'delay of the event loop, 99th percentile';
        yield {
          bench: 'sessions',
          engine: 'onnx',
          at: way,
          what,
          unit: 'ms',
          ...exactly(p99),
          wanted: { most: 20 },
        } satisfies Figure;
      }
    } finally {
      for (const model of models) model.dispose();
    }
  },
};

const images = (model: Model, count: number): tf.Tensor4D => tf.zeros([count, ...model.imageShape]);

const together = (model: Model): Subject => ({
  async run() {
    const x = images(model, 1);
    tf.dispose(await Promise.all(Array.from({ length: CALLERS }, () => model.predictAsync(x, 400))));
    x.dispose();
  },
});

const blocking = (model: Model, count: number): Subject => ({
  async run() {
    const x = images(model, count);
    tf.dispose([model.predict(x, 400), x]);
  },
});
const alone = (model: Model): Subject => blocking(model, 1);
const batch = (model: Model): Subject => blocking(model, CALLERS);

/** How late the event loop is while the work goes on, in ms. */
const loopDelay = async ({ run }: Subject, ms: number): Promise<number> => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const end = performance.now() + ms;
  delay.enable();
  while (performance.now() < end) await run();
  delay.disable();
  return delay.percentile(99) / 1e6;
};
