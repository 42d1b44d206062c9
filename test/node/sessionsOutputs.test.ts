import { truncateSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { graphBuilder } from '../../src/engines/onnx/graph.ts';
import type { GraphPort } from '../../src/engines/onnx/protos.ts';
import { onnxRunner } from '../../src/node/onnx/onnxRunner.ts';
import type { SessionFeeds, SessionOutput } from '../../src/node/sessions/feeds.ts';
import type { GraphNames } from '../../src/node/sessions/graphFacts.ts';
import type { SessionPoolOptions } from '../../src/node/sessions/poolOptions.ts';
import { openSessionPool, type SessionPool } from '../../src/node/sessions/sessionPool.ts';
import { scratchFolder } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';
import { only, rowByRow } from './sessionsFeeds.ts';
import { type TokenGraph, tokenFeeds, writeTokenGraph } from './sessionsTokens.ts';

describe('a pool of sessions of a graph with several inputs and outputs', () => {
  const scratch = scratchFolder();
  let pool: SessionPool | undefined;

  afterEach(async () => {
    await pool?.dispose();
    pool = undefined;
  });

  const open = async (options: Partial<SessionPoolOptions> = {}, graph: TokenGraph = {}): Promise<SessionPool> => {
    const path = writeTokenGraph(scratch('graph.onnx'), graph);
    pool = await openSessionPool({ graph: path, sessions: 1, threads: 1, ...options });
    return pool;
  };

  /** Both outputs as a session in this thread gives them, row by row. */
  const expectAnswer = async (outputs: readonly SessionOutput[], feeds: SessionFeeds): Promise<void> => {
    const { rows, inputs } = feeds;
    expect(outputs.map(({ shape }) => shape)).to.deep.equal([
      [rows, 4, 3, 2],
      [rows, ...(inputs['embeddings']?.shape ?? [])],
    ]);
    for (const [n, name] of ['map', 'tokens'].entries()) {
      const wanted = await rowByRow(writeTokenGraph(scratch('plain.onnx')), feeds, name);
      expect(largestDifference(outputs[n]?.data ?? [], wanted), name).to.be.at.most(1e-6);
    }
  };

  it('gives every output, blocking and awaited', async () => {
    const { run, runAsync, facts } = await open();
    expect(facts.outputs).to.deep.equal(['map', 'tokens']);
    const feeds = tokenFeeds(3, 5);
    await expectAnswer(run(feeds), feeds);
    await expectAnswer(await runAsync(feeds), feeds);
  });

  it('cuts every output for the requests of one batch', async () => {
    const { runAsync, stats } = await open();
    const calls = [2, 1, 3].map((rows, n) => tokenFeeds(rows, 5, n));
    const answers = await Promise.all(calls.map(runAsync));
    expect(stats()).to.include({ batches: 1, rows: 6 });
    for (const [n, feeds] of calls.entries()) await expectAnswer(answers[n] ?? [], feeds);
  });

  it('puts every output together of the batches of one request', async () => {
    const { run, stats } = await open({ maxBatch: 2 });
    const feeds = tokenFeeds(5, 4);
    await expectAnswer(run(feeds), feeds);
    expect(stats().batches).to.equal(3);
  });

  it('runs requests of different token counts apart', async () => {
    const { runAsync, stats } = await open();
    const calls = [tokenFeeds(1, 5, 1), tokenFeeds(1, 7, 2), tokenFeeds(2, 7, 3)];
    const answers = await Promise.all(calls.map(runAsync));
    expect(stats()).to.include({ batches: 2, largestBatch: 3 });
    for (const [n, feeds] of calls.entries()) await expectAnswer(answers[n] ?? [], feeds);
  });

  it('reorders maps of an NCHW graph, and leaves tokens as they are', async () => {
    const { run } = await open({ inputs: { layout: 'nchw' } }, { isNchw: true });
    const feeds = tokenFeeds(2, 5);
    await expectAnswer(run(feeds), feeds);
  });

  it('gives the outputs that are named, in their order', async () => {
    const { run } = await open({ inputs: { outputs: ['tokens', 'map'] } });
    const shapes = (outputs: readonly SessionOutput[]) => outputs.map(({ shape: [, ...row] }) => row);
    expect(shapes(run(tokenFeeds(1, 5)))).to.deep.equal([
      [5, 3],
      [4, 3, 2],
    ]);
  });

  it('feeds tensors and answers with tensors', () =>
    expectNoLeak(async () => {
      const runner = onnxRunner(await open());
      const feeds = tokenFeeds(2, 5);
      const tensors = tf.tidy(() =>
        Object.entries(feeds.inputs).map(([name, { data, shape }]) => {
          const values = Array.from(data);
          return [name, tf.tensor(values, [feeds.rows, ...shape], name === 'ids' ? 'int32' : 'float32')] as const;
        }),
      );
      const inputs = Object.fromEntries(tensors);
      for (const given of [runner.run(inputs), await runner.runAsync(inputs)]) {
        const outputs = Object.values(given);
        const read = outputs.map((output) => ({ data: output.dataSync<'float32'>(), shape: output.shape }));
        await expectAnswer(read, feeds);
        tf.dispose(outputs);
      }
      tf.dispose(inputs);
    }));
});

describe('a pool of sessions feeds', () => {
  const scratch = scratchFolder();

  /** What a graph answers that gives its one input back, less `shift` where it is of integers. */
  const answer = async (names: GraphNames, port: GraphPort, feeds: SessionFeeds, shift = 0): Promise<Float32Array> => {
    const graph = graphBuilder();
    const flat = port.shape.length < 2 ? graph.node('Reshape', [port.name, graph.integers([-1, 1])]) : port.name;
    const less = port.type === 'int64' ? graph.node('Sub', [flat, graph.integers([shift])]) : flat;
    graph.output('out', graph.node('Cast', [less], { to: { int: 1 } }));
    const outputs = [{ name: 'out', type: 'float32', shape: ['N', 'L'] } as const];
    writeFileSync(scratch('one.onnx'), graph.encode({ inputs: [port], outputs, version: '0' }));
    const pool = await openSessionPool({ graph: scratch('one.onnx'), inputs: names, sessions: 1, threads: 1 });
    const answered = only(pool.run(feeds));
    await pool.dispose();
    return answered;
  };

  it('ids as 64-bit integers, exactly', async () => {
    const data = [2 ** 24 + 1, 2 ** 24, 2 ** 24 + 3, 2 ** 24 + 5];
    const port = { name: 'input_ids', type: 'int64', shape: ['N', 'L'] } as const;
    const got = await answer({ ids: 'input_ids' }, port, { rows: 2, inputs: { ids: { data, shape: [2] } } }, 2 ** 24);
    expect([...got]).to.deep.equal([1, 0, 3, 5]);
  });

  for (const [title, type, shape] of [
    ['in a column', 'float64', ['N', 1]],
    ['in a column of a size that the graph leaves open', 'float32', ['N', 'k']],
    ['rounded, where the graph takes integers', 'int64', ['N', 'k']],
    ['in a list', 'float64', ['N']],
  ] as const) {
    it(`one number for each row ${title}`, async () => {
      const feeds = { rows: 2, inputs: { timesteps: { data: [699.75, 3], shape: [] } } };
      const got = await answer({ timesteps: 't' }, { name: 't', type, shape }, feeds);
      expect([...got]).to.deep.equal([type === 'int64' ? 700 : 699.75, 3]);
    });
  }
});

describe('a pool of sessions that is disposed', () => {
  const scratch = scratchFolder();
  const COUNT = 48 * 2 ** 20;

  it('frees the weights', async () => {
    const graph = graphBuilder();
    const data = { location: 'weights', offset: 0, length: 2 * COUNT };
    writeFileSync(scratch('weights'), '');
    truncateSync(scratch('weights'), 2 * COUNT);
    const stored = graph.initializer('table', { type: 'float16', shape: [COUNT / 1024, 1024], data });
    const table = graph.node('Cast', [stored], { to: { int: 1 } }); // widened when a session starts, so not just mapped
    graph.output('output', graph.node('Gather', [table, 'ids']));
    const inputs = [{ name: 'ids', type: 'int64', shape: ['N', 'L'] }] as const;
    const outputs = [{ name: 'output', type: 'float32', shape: ['N', 'L', 1024] }] as const;
    writeFileSync(scratch('graph.onnx'), graph.encode({ inputs, outputs, version: '0' }));
    const pool = await openSessionPool({ graph: scratch('graph.onnx'), sessions: 1, threads: 1 });
    pool.run({ rows: 1, inputs: { ids: { data: [0, 5], shape: [2] } } });
    const held = process.memoryUsage().rss;
    await pool.dispose();
    expect(held - process.memoryUsage().rss).to.be.above((4 * COUNT) / 2);
  });
});
