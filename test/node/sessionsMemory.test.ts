import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { graphBuilder } from '../../src/engines/onnx/graph.ts';
import { EnvironmentError } from '../../src/errors.ts';
import { halves, newRequest } from '../../src/node/sessions/batches.ts';
import { openSessionPool } from '../../src/node/sessions/sessionPool.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { only, someFeeds, unlabelled } from './sessionsFeeds.ts';

/** A network that gives its input back, and on the way asks for 4 · (N + more)^20 bytes: with N + more = 4, 4 TB. */
const writeGreedy = (path: string, more: number): string => {
  const graph = graphBuilder();
  const rows = graph.node('Slice', [graph.node('Shape', ['x']), graph.integers([0]), graph.integers([1])]);
  const count = graph.node('Pow', [graph.node('Add', [rows, graph.integers([more])]), graph.integers([20])]);
  const zeros = graph.node('Expand', [graph.floats([0], [1]), count]);
  const sum = graph.node('ReduceSum', [zeros], { keepdims: { int: 0 } });
  graph.output('output', graph.node('Add', ['x', sum]));
  const images = { type: 'float32', shape: ['n', 8, 8, 1] } as const;
  const inputs = [{ name: 'x', ...images }, { name: 'timesteps', type: 'float32', shape: ['n'] } as const];
  writeFileSync(path, graph.encode({ inputs, outputs: [{ name: 'output', ...images }], version: '0' }));
  return path;
};

describe('a pool of sessions without memory', () => {
  const path = scratchFolder();
  const open = (more: number) =>
    openSessionPool({ graph: writeGreedy(path('graph.onnx'), more), sessions: 1, threads: 1 });

  it('runs smaller batches, gives every row its own answer, and remembers', async () => {
    const pool = await open(0);
    const calls = [3, 4, 1].map(unlabelled);
    const answers = await Promise.all(calls.map(pool.runAsync));
    for (const [n, answer] of answers.entries()) expect(only(answer)).to.deep.equal(calls[n]?.inputs['x']?.data);
    const { batches } = pool.stats();
    const [first] = calls;
    if (first) expect(only(pool.run(first))).to.deep.equal(first.inputs['x']?.data);
    expect(pool.stats().batches).to.equal(batches + 2); // of two rows, and of one
    await pool.dispose();
  });

  it('says in one line that one row is too many', async () => {
    const pool = await open(3);
    const error = await rejection(pool.runAsync(unlabelled(2)));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'out-of-memory');
    expect(error.message).to.include('a batch of 1').and.not.include('\n');
    await pool.dispose();
  });

  it('halves batches within a request and between them, in order', () => {
    const [a, b] = [3, 2].map((rows) => newRequest(rows, Object.values(someFeeds(rows).inputs), () => undefined));
    if (!a || !b) return expect.fail();
    const pieces = [
      { request: a, from: 0, count: 3 },
      { request: b, from: 0, count: 2 },
    ];
    const plan = (half: { pieces: readonly { from: number; count: number }[]; rows: number }) => [
      half.rows,
      ...half.pieces.map(({ from, count }) => [from, count]),
    ];
    expect(halves({ pieces, rows: 5, deaths: 0 }).map(plan)).to.deep.equal([
      [3, [0, 3]],
      [2, [0, 2]],
    ]);
    expect(halves({ pieces: pieces.slice(0, 1), rows: 3, deaths: 0 }).map(plan)).to.deep.equal([
      [2, [0, 2]],
      [1, [2, 1]],
    ]);
  });
});
