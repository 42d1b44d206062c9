import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import type { GraphFacts } from '../../src/node/sessions/graphFacts.ts';
import { openSessionPool, type SessionPool } from '../../src/node/sessions/sessionPool.ts';
import { type StartWorker, startSessionWorker } from '../../src/node/sessions/threadHost.ts';
import { only, rowByRow, someFeeds } from '../node/sessionsFeeds.ts';
import { writeConvGraph } from '../node/sessionsGraph.ts';
import { saidWhile } from '../support/said.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { largestDifference } from '../support/tensors.ts';

const LOST = 'WebGPU device lost (2): VK_ERROR_DEVICE_LOST\n    at Submit';

/** Stands in for a GPU that is lost at its first work, which no driver does when it is told to; processors are real. */
const losing = (facts: GraphFacts, workers: Worker[]): StartWorker => {
  const code = `
    const { port, bell, facts } = require('node:worker_threads').workerData;
    const say = (reply) => { port.postMessage(reply); Atomics.add(bell, 0, 1); Atomics.notify(bell, 0); };
    say({ kind: 'ready', facts });
    port.on('message', ({ kind }) =>
      say(kind === 'close' ? { kind: 'closed' } : { kind: 'failed', code: 'graph-failed', message: ${JSON.stringify(LOST)} }));`;
  return (options) => {
    if (options.workerData.device === 'cpu') return startSessionWorker(options);
    const worker = new Worker(code, { ...options, workerData: { ...options.workerData, facts }, eval: true });
    workers.push(worker);
    return worker;
  };
};

describe('a GPU that is lost', () => {
  const scratch = scratchFolder();
  const workers: Worker[] = [];
  let pool: SessionPool | undefined;
  afterEach(async () => {
    await pool?.dispose();
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  });

  const open = async (canRetreat: boolean): Promise<SessionPool> => {
    const graph = writeConvGraph(scratch('graph.onnx'));
    const processor = await openSessionPool({ graph, sessions: 1, threads: 1 });
    const { facts } = processor;
    await processor.dispose();
    const retreat = canRetreat ? { retreat: graph } : {};
    pool = await openSessionPool({ graph, device: 'webgpu', ...retreat }, losing(facts, workers));
    return pool;
  };

  it('leaves the work to the processor, said once, without smaller batches before', async () => {
    const { runAsync, stats } = await open(true);
    const feeds = someFeeds(4);
    const said = await saidWhile(async () => {
      const wanted = await rowByRow(scratch('graph.onnx'), feeds);
      expect(largestDifference(only(await runAsync(feeds)), wanted)).to.be.at.most(1e-5);
    });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/GPU was lost while webgpu ran .*; going on on the processor$/);
    expect(stats()).to.include({ device: 'cpu', batches: 2 });
  });

  it('is an error in one line where nothing was said of the processor', async () => {
    const { runAsync } = await open(false);
    const error = await rejection(runAsync(someFeeds(4)));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'device-lost');
    expect(error.message)
      .to.match(/was lost.*start the process anew/)
      .and.not.include('\n');
  });
});
