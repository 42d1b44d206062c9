import { writeFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import type { SessionPoolOptions } from '../../src/node/sessions/poolOptions.ts';
import { roomFor } from '../../src/node/sessions/protocol.ts';
import { openSessionPool, type SessionPool } from '../../src/node/sessions/sessionPool.ts';
import { startSessionWorker } from '../../src/node/sessions/threadHost.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { largestDifference } from '../support/tensors.ts';
import { only, rowByRow, someFeeds, unlabelled, waves } from './sessionsFeeds.ts';
import { type ConvGraph, writeConvGraph } from './sessionsGraph.ts';

describe('a pool of sessions', () => {
  const scratch = scratchFolder();
  let pool: SessionPool | undefined;

  afterEach(() => pool?.dispose());

  const open = async (options: Partial<SessionPoolOptions> = {}, graph: ConvGraph = {}): Promise<SessionPool> => {
    const path = writeConvGraph(scratch('graph.onnx'), graph);
    pool = await openSessionPool({ graph: path, sessions: 1, threads: 1, ...options });
    return pool;
  };

  it('answers what a session in this thread answers, blocking and awaited', async () => {
    const { run, runAsync } = await open({}, { outChannels: 2 });
    const feeds = someFeeds(3);
    const wanted = await rowByRow(scratch('graph.onnx'), feeds);
    expect(wanted).to.have.length(3 * 8 * 8 * 2);
    expect(largestDifference(only(run(feeds)), wanted)).to.be.at.most(1e-6);
    const awaited = await runAsync(feeds);
    expect(largestDifference(only(awaited), wanted)).to.be.at.most(1e-6);
    expect(awaited[0]?.shape).to.deep.equal([3, 8, 8, 2]);
  });

  it('runs a graph without labels', async () => {
    const { run } = await open({}, { conditional: false });
    const feeds = unlabelled(2);
    expect(largestDifference(only(run(feeds)), await rowByRow(scratch('graph.onnx'), feeds))).to.be.at.most(1e-6);
  });

  it('makes one batch of calls that come together, and changes no answer by it', async () => {
    const { runAsync, stats } = await open();
    const calls = Array.from({ length: 6 }, (_, n) => someFeeds(1 + (n % 2), n));
    const together = await Promise.all(calls.map(runAsync));
    expect(stats()).to.include({ requests: 6, batches: 1, rows: 9, largestBatch: 9 });
    for (const [n, feeds] of calls.entries()) {
      const alone = await rowByRow(scratch('graph.onnx'), feeds);
      expect(largestDifference(only(together[n] ?? []), alone), `call ${n}`).to.be.at.most(1e-5);
    }
  });

  it('keeps callers together who come back step after step', async () => {
    const { runAsync, stats } = await open({ maxWait: 10_000 });
    const caller = async (n: number): Promise<void> => {
      for (let step = 0; step < 5; step += 1) await runAsync(someFeeds(1, n + step));
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => caller(n)));
    expect(stats()).to.include({ batches: 5, largestBatch: 8 });
  });

  it('lets nobody wait for long for callers who do not come back', async () => {
    const { runAsync, stats } = await open({ maxWait: 1 });
    await Promise.all([runAsync(someFeeds(1)), runAsync(someFeeds(1))]);
    await runAsync(someFeeds(1));
    await runAsync(someFeeds(1));
    expect(stats().batches).to.equal(3);
  });

  it('splits what is larger than a batch may be', async () => {
    const { run, runAsync, stats } = await open({ maxBatch: 4 });
    const feeds = someFeeds(11);
    const wanted = await rowByRow(scratch('graph.onnx'), feeds);
    expect(largestDifference(only(run(feeds)), wanted)).to.be.at.most(1e-5);
    expect(largestDifference(only(await runAsync(feeds)), wanted)).to.be.at.most(1e-5);
    expect(stats()).to.include({ batches: 6, largestBatch: 4 });
  });

  it('runs images of different sizes apart', async () => {
    const { runAsync, stats } = await open();
    const calls = [someFeeds(1, 1), someFeeds(1, 2, 12), someFeeds(1, 3)];
    const answers = await Promise.all(calls.map(runAsync));
    expect(answers.map((outputs) => only(outputs).length)).to.deep.equal([64, 144, 64]);
    expect(
      largestDifference(only(answers[1] ?? []), await rowByRow(scratch('graph.onnx'), calls[1] as never)),
    ).to.be.below(1e-5);
    expect(stats().batches).to.equal(3);
  });

  it('shares the work between its sessions, one large call too', async () => {
    const { run, runAsync, stats } = await open({ sessions: 2 });
    await Promise.all([1, 2, 3, 4].map((n) => runAsync(someFeeds(1, n))));
    expect(stats()).to.include({ batches: 2, largestBatch: 2 });
    const feeds = someFeeds(7);
    expect(largestDifference(only(run(feeds)), await rowByRow(scratch('graph.onnx'), feeds))).to.be.at.most(1e-5);
    expect(stats()).to.include({ batches: 4, largestBatch: 4 });
  });

  it('answers a blocking call among awaited ones', async () => {
    const { run, runAsync } = await open({ maxBatch: 2 });
    const calls = Array.from({ length: 5 }, (_, n) => someFeeds(1, n));
    const awaited = calls.map(runAsync);
    const blocking = only(run(someFeeds(1, 9)));
    expect(largestDifference(blocking, await rowByRow(scratch('graph.onnx'), someFeeds(1, 9)))).to.be.at.most(1e-5);
    for (const [n, answer] of (await Promise.all(awaited)).entries()) {
      const alone = await rowByRow(scratch('graph.onnx'), calls[n] as never);
      expect(largestDifference(only(answer), alone)).to.be.at.most(1e-5);
    }
  });

  it('lets the event loop turn while it computes', async () => {
    const { runAsync } = await open({}, { width: 32, depth: 4 });
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setTimeout(count, 0);
    };
    const answer = runAsync(someFeeds(16, 0, 64));
    count();
    await answer;
    isDone = true;
    expect(turns).to.be.above(20);
  });

  it('reads names, types and the layout of other people’s graphs', async () => {
    const { runAsync, run, facts, stats } = await open(
      { inputs: { x: 'sample', timesteps: 'timestep', outputs: ['out_sample'], layout: 'nchw' } },
      { foreign: true, channels: 2, outChannels: 3, conditional: false },
    );
    const [plain, feeds] = [
      writeConvGraph(scratch('plain.onnx'), { channels: 2, outChannels: 3, conditional: false }),
      {
        rows: 2,
        inputs: {
          x: { data: waves(2, [6, 5, 2]), shape: [6, 5, 2] },
          timesteps: { data: [4, 700], shape: [] },
        },
      },
    ];
    const wanted = await rowByRow(plain, feeds);
    expect(facts.inputs).to.deep.equal([
      { role: 'x', name: 'sample', type: 'float32', shape: [0, 0, 2], rank: 4 },
      { role: 'timesteps', name: 'timestep', type: 'int64', shape: [], rank: 0 },
    ]);
    expect(facts).to.deep.include({ outputs: ['out_sample'], layout: 'nchw', oneRow: true });
    expect(run(feeds)[0]?.shape).to.deep.equal([2, 6, 5, 3]);
    expect(largestDifference(only(run(feeds)), wanted)).to.be.at.most(1e-5);
    expect(largestDifference(only(await runAsync(feeds)), wanted)).to.be.at.most(1e-5);
    expect(stats().largestBatch, 'one timestep for all rows').to.equal(1);
  });

  it('fails for the call at fault alone, in the words of ONNX Runtime', async () => {
    const { runAsync, run } = await open();
    const bad = { rows: 1, inputs: { ...someFeeds(1, 1).inputs, labels: { data: [99], shape: [] } } };
    const [first, second, third] = await Promise.allSettled([someFeeds(1, 2), bad, someFeeds(1, 3)].map(runAsync));
    expect([first?.status, second?.status, third?.status]).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const { reason } = second as PromiseRejectedResult;
    expect(reason).to.be.instanceOf(CheckpointError).with.property('code', 'graph-failed');
    expect(reason.message).to.match(/graph\.onnx.*Gather/s);
    expect(() => run(bad)).to.throw(CheckpointError, /Gather/);
    expect(only(run(someFeeds(1)))).to.have.length(64);
  });

  for (const [options, code] of [
    [{ sessions: 0 }, 'bad-sessions'],
    [{ threads: 1.5 }, 'bad-threads'],
    [{ maxBatch: -1 }, 'bad-max-batch'],
    [{ maxWait: Number.NaN }, 'bad-max-wait'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const error = await rejection(openSessionPool({ graph: 'any.onnx', ...options }));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
    });
  }

  it('says of a damaged graph what ONNX Runtime says', async () => {
    writeFileSync(scratch('damaged.onnx'), 'no graph');
    const error = await rejection(openSessionPool({ graph: scratch('damaged.onnx') }));
    expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'bad-graph');
    expect(error.message).to.match(/damaged\.onnx/);
  });

  it('says which inputs there are when one is called otherwise', async () => {
    const error = await rejection(open({ inputs: { x: 'images' } }));
    expect(error).to.have.property('code', 'bad-graph');
    expect(error.message).to.match(/no input "images"; it has: x, timesteps, labels/);
  });

  it('fails the calls that wait when it is disposed, and those that come after', async () => {
    const { runAsync, run, dispose } = await open({ maxBatch: 1 });
    const calls = [1, 2, 3].map((n) => rejection(runAsync(someFeeds(1, n))));
    await dispose();
    for (const error of await Promise.all(calls)) expect(error).to.have.property('code', 'model-disposed');
    expect(() => run(someFeeds(1)))
      .to.throw(ArgumentError)
      .with.property('code', 'model-disposed');
    await dispose();
  });

  it('leaves no thread, port or timer behind', async () => {
    await Promise.resolve(); // by now the test's own timer runs
    const before = process.getActiveResourcesInfo().sort();
    const workers: Worker[] = [];
    const { runAsync, dispose } = await openSessionPool(
      { graph: writeConvGraph(scratch('graph.onnx')), sessions: 2, threads: 1 },
      (options) => {
        const worker = startSessionWorker(options);
        workers.push(worker);
        return worker;
      },
    );
    await runAsync(someFeeds(4));
    expect(workers.map(({ threadId }) => threadId > 0)).to.deep.equal([true, true]);
    await dispose();
    expect(workers.map(({ threadId }) => threadId)).to.deep.equal([-1, -1]);
    await new Promise((resolve) => setImmediate(resolve)); // handles close at the end of a turn
    expect(
      process
        .getActiveResourcesInfo()
        .filter((name) => name !== 'Immediate')
        .sort(),
    ).to.deep.equal(before);
  });

  it('grows shared memory with room to spare, and keeps it while it is large enough', () => {
    const memory = roomFor(new SharedArrayBuffer(0), 1000);
    expect(memory.byteLength).to.equal(1500);
    expect(roomFor(memory, 1500)).to.equal(memory);
    expect(roomFor(memory, 1501).byteLength % 4).to.equal(0);
  });
});
