import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import type { SessionPoolOptions } from '../../src/node/sessions/poolOptions.ts';
import { openSessionPool, type SessionPool } from '../../src/node/sessions/sessionPool.ts';
import type { StartWorker } from '../../src/node/sessions/threadHost.ts';
import { only, rowByRow, someFeeds } from '../node/sessionsFeeds.ts';
import { type ConvGraph, writeConvGraph } from '../node/sessionsGraph.ts';
import { saidWhile } from '../support/said.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';

const workers: Worker[] = [];

/** Starts threads of which the first so many end themselves instead of computing what they are sent first. */
const dying = (times: number): StartWorker => {
  const left = new Int32Array(new SharedArrayBuffer(4)).fill(times);
  const path = JSON.stringify(join(root, 'src/node/sessions/sessionWorker.ts'));
  const code = `
    const { port, left } = require('node:worker_threads').workerData;
    port.on('message', () => { if (Atomics.sub(left, 0, 1) > 0) process.exit(7); });
    const load = require('node:module').createRequire(${path});
    load('tsx/cjs');
    load(${path});`;
  return (options) => {
    const worker = new Worker(code, { ...options, workerData: { ...options.workerData, left }, eval: true });
    workers.push(worker);
    return worker;
  };
};

describe('a GPU that fails', () => {
  const scratch = scratchFolder();
  let pool: SessionPool | undefined;
  afterEach(async () => {
    await pool?.dispose();
    pool = undefined;
    await Promise.all(workers.splice(0).map((worker) => worker.terminate())); // else the next test would use it
  });

  const open = async (
    options: Partial<SessionPoolOptions>,
    startWorker: StartWorker = dying(0),
    shape: ConvGraph = { width: 16, depth: 1 },
  ): Promise<SessionPool> => {
    const graph = writeConvGraph(scratch('graph.onnx'), shape);
    pool = await openSessionPool({ graph, device: 'webgpu', ...options }, startWorker);
    return pool;
  };
  const graph = (): string => scratch('graph.onnx');
  const expectRight = async (answer: readonly number[] | Float32Array, feeds = someFeeds(3)): Promise<void> => {
    expect(largestDifference(answer, await rowByRow(graph(), feeds))).to.be.below(1e-4);
  };

  it('once is started again, and the batch done again', async () => {
    const { runAsync, stats } = await open({ retreat: graph() }, dying(1));
    const said = await saidWhile(async () => expectRight(only(await runAsync(someFeeds(3)))));
    expect(stats()).to.include({ device: 'webgpu', deaths: 1 });
    expect(said).to.have.length(1);
  });

  for (const [title, isBlocking] of [
    ['awaited', false],
    ['blocking', true],
  ] as const) {
    it(`twice leaves the work to the processor, said, and the run goes on, ${title}`, async () => {
      const { run, runAsync, stats } = await open({ retreat: graph() }, dying(2));
      const said = await saidWhile(async () => {
        const outputs = isBlocking ? run(someFeeds(3)) : await runAsync(someFeeds(3));
        await expectRight(only(outputs));
      });
      expect(said.at(-1)).to.match(/second time; going on on the processor/);
      expect(stats().device).to.equal('cpu');
      expect(stats().sessions).to.be.at.least(1);
      await expectRight(only(await runAsync(someFeeds(3))));
    });
  }

  it('twice is an error where nothing was said of the processor', async () => {
    const { runAsync } = await open({}, dying(2));
    let error: Error | undefined;
    await saidWhile(async () => {
      error = await rejection(runAsync(someFeeds(3)));
    });
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'worker-died');
  });

  it('at a batch that it has no room for takes smaller ones, said', async () => {
    const { runAsync, stats } = await open({ maxBatch: 2100 }, dying(0), { width: 256, depth: 0 });
    const feeds = someFeeds(2100);
    let answer: ArrayLike<number> = [];
    const said = await saidWhile(async () => {
      answer = only(await runAsync(feeds));
    });
    expect(said[0]).to.match(/a batch of 2100 on .*going on with 1050/);
    expect(stats()).to.include({ device: 'webgpu' });
    const few = { ...feeds, rows: 2, inputs: someFeeds(2).inputs };
    const wanted = await rowByRow(graph(), few);
    expect(largestDifference(Array.from(answer).slice(0, wanted.length), wanted)).to.be.below(1e-4);
  });

  it('takes one session, which the options cannot change', async () => {
    for (const options of [{ sessions: 2 }, { threads: 2 }]) {
      const error = await rejection(open(options));
      expect(error.message).to.match(/is for the processor.*leave it out/);
    }
  });
});
