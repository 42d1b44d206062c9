import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { openSessionPool, type SessionPool } from '../../src/node/sessions/sessionPool.ts';
import type { StartWorker } from '../../src/node/sessions/threadHost.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { largestDifference } from '../support/tensors.ts';
import { only, rowByRow, someFeeds } from './sessionsFeeds.ts';
import { writeConvGraph } from './sessionsGraph.ts';

describe('a thread that dies', () => {
  const scratch = scratchFolder();
  const said: string[] = [];
  const { warn } = console;
  let pool: SessionPool | undefined;

  beforeEach(() => {
    said.length = 0;
    console.warn = (message: string) => said.push(message);
  });
  afterEach(async () => {
    console.warn = warn;
    await pool?.dispose();
  });

  const open = async (startWorker: StartWorker, sessions = 1): Promise<SessionPool> => {
    const graph = writeConvGraph(scratch('graph.onnx'), { width: 32, depth: 4 });
    pool = await openSessionPool({ graph, sessions, threads: 1 }, startWorker);
    return pool;
  };

  /**
   * Starts threads that do `way` with the first `times` batches before they run. They can be ended from outside; the
   * newest is the last. Never in the middle of ONNX Runtime's own work: its binding then aborts the process.
   */
  const dying = (times: number, way = ''): { start: StartWorker; workers: Worker[] } => {
    const workers: Worker[] = [];
    const left = new Int32Array(new SharedArrayBuffer(4)).fill(times);
    const path = JSON.stringify(join(root, 'src/node/sessions/sessionWorker.ts'));
    const code = `
      const { port, left } = require('node:worker_threads').workerData;
      port.on('message', () => { if (Atomics.sub(left, 0, 1) > 0) { ${way} } });
      const load = require('node:module').createRequire(${path});
      load('tsx/cjs');
      load(${path});`;
    const start: StartWorker = (options) => {
      const worker = new Worker(code, { ...options, workerData: { ...options.workerData, left }, eval: true });
      workers.push(worker);
      return worker;
    };
    return { start, workers };
  };

  it('in the middle of a batch is reported, replaced, and the batch done again', async () => {
    const { start, workers } = dying(1, 'for (;;);');
    const { runAsync, stats } = await open(start);
    const feeds = someFeeds(4);
    const answer = runAsync(feeds);
    await new Promise((resolve) => setTimeout(resolve, 20)); // the thread has the batch, and never ends it
    await workers[0]?.terminate();
    const wanted = await rowByRow(scratch('graph.onnx'), feeds);
    expect(largestDifference(only(await answer), wanted)).to.be.at.most(1e-5);
    expect(stats()).to.include({ deaths: 1, batches: 2 });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(
      /thread died with exit code 1 while it ran a batch of 4 rows of x \[8,8,1\] on .*graph\.onnx/,
    );
  });

  it('while it waits for work is replaced too', async () => {
    const { start, workers } = dying(0);
    const { runAsync, stats } = await open(start);
    await workers[0]?.terminate();
    expect(only(await runAsync(someFeeds(1)))).to.have.length(64);
    expect(stats().deaths).to.equal(1);
    expect(said[0]).to.match(/while it waited for work/);
  });

  it('unseen by a blocked event loop is noticed all the same', async () => {
    const { start, workers } = dying(0);
    const { run, stats } = await open(start);
    const feeds = someFeeds(2);
    void workers[0]?.terminate(); // its exit can be announced only when this test gives way
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // long gone, and still unannounced
    const answer = run(feeds);
    expect(stats().deaths).to.equal(1);
    expect(largestDifference(only(answer), await rowByRow(scratch('graph.onnx'), feeds))).to.be.at.most(1e-5);
  });

  for (const [title, way] of [
    ['ends itself', 'process.exit(7)'],
    ['throws what nobody catches', "throw new Error('struck')"],
  ] as const) {
    it(`because it ${title} does not stop a blocking call`, async () => {
      const { run, stats } = await open(dying(1, way).start);
      const feeds = someFeeds(3);
      const answer = run(feeds);
      expect(stats()).to.include({ deaths: 1, batches: 2 });
      expect(said[0]).to.match(/while it ran a batch of 3 rows/);
      expect(largestDifference(only(answer), await rowByRow(scratch('graph.onnx'), feeds))).to.be.at.most(1e-5);
    });
  }

  it('says what it died of where it can', async () => {
    const { runAsync } = await open(dying(1, "throw new Error('struck')").start);
    await runAsync(someFeeds(1));
    expect(said[0]).to.match(/died: struck while/);
  });

  it('twice of the same batch is an error, awaited or blocking, and the pool goes on', async () => {
    const { run, runAsync, stats } = await open(dying(4, 'process.exit(7)').start);
    const error = await rejection(runAsync(someFeeds(2)));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'worker-died');
    expect(error.message).to.match(/2 rows.*second time/);
    expect(() => run(someFeeds(2)))
      .to.throw(EnvironmentError)
      .with.property('code', 'worker-died');
    expect(stats().deaths).to.equal(4);
    expect(only(run(someFeeds(1)))).to.have.length(64);
  });

  it('takes only its own batch with it', async () => {
    const { runAsync, stats } = await open(dying(1, 'process.exit(7)').start, 2);
    const calls = [1, 2, 3, 4].map((n) => someFeeds(1, n));
    const answers = await Promise.all(calls.map(runAsync));
    expect(stats()).to.include({ deaths: 1, batches: 3 });
    for (const [n, answer] of answers.entries()) {
      const wanted = await rowByRow(scratch('graph.onnx'), calls[n] as never);
      expect(largestDifference(only(answer), wanted)).to.be.at.most(1e-5);
    }
  });

  it('before its session is open fails the pool, not the process', async () => {
    const start: StartWorker = (options) => new Worker("throw new Error('still-born')", { ...options, eval: true });
    const error = await rejection(open(start));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'worker-died');
    expect(error.message).to.match(/still-born while it opened .*graph\.onnx/);
  });

  it('and cannot be replaced fails the calls that wait', async () => {
    let starts = 0;
    const { start: first } = dying(1, 'process.exit(7)');
    const start: StartWorker = (options) => {
      starts += 1;
      return starts === 1 ? first(options) : new Worker("throw new Error('still-born')", { ...options, eval: true });
    };
    const { runAsync, run } = await open(start);
    expect(await rejection(runAsync(someFeeds(1)))).to.have.property('code', 'worker-died');
    expect(() => run(someFeeds(1))).to.throw(EnvironmentError, /still-born/);
  });
});
