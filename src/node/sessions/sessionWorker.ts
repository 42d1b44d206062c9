/**
 * A thread of the pool: opens a session, then answers work until it is ended. The thread of a GPU opens more of them when
 * it is told to, for whatever models are there: a process must not use the GPU from two threads, and one thing is done at
 * a time. It needs nothing of the main thread's event loop, which may be blocked while it waits for an answer.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Onnx from 'onnxruntime-node';
import { BoomerangError } from '../../errors.ts';
import { type GraphFacts, graphFacts } from './graphFacts.ts';
import { graphFeeds } from './graphFeeds.ts';
import { graphOutputs } from './graphOutputs.ts';
import { type Close, outputBytes, outputViews, type Reply, roomFor, type ThreadData, type Work } from './protocol.ts';

const first = workerData as ThreadData;
const onnx = createRequire(import.meta.url)(first.runtime) as typeof Onnx;
const opened: ThreadData[] = [];

const ring = (bell: Int32Array): void => {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
};

process.on('exit', () => {
  for (const { gone, bell } of new Set([first, ...opened])) {
    Atomics.store(gone, 0, 1);
    ring(bell);
  }
});

let last: Promise<unknown> = Promise.resolve();

/** Runs `work` when all before it is done, and answers with what comes of it, good or bad. */
const answer = ({ port, bell }: ThreadData, code: string, work: () => Promise<Reply>): void => {
  last = last.then(async () => {
    let reply: Reply;
    try {
      reply = await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reply = { kind: 'failed', code: error instanceof BoomerangError ? error.code : code, message };
    }
    port.postMessage(reply);
    ring(bell);
  });
};

const open = (data: ThreadData): void => {
  const { port } = data;
  let session: Onnx.InferenceSession | undefined;
  let run = (_: Work): Promise<Reply> => Promise.reject(new Error('no session is open'));
  opened.push(data);
  answer(data, 'bad-graph', async () => {
    session = await startSession(data);
    const facts = graphFacts(session, data.names);
    run = runner(session, facts);
    return { kind: 'ready', facts };
  });
  port.on('message', (message: Work | Close) => {
    if (!('kind' in message)) return answer(data, 'graph-failed', () => run(message));
    answer(data, 'close-failed', async () => {
      opened.splice(opened.indexOf(data), 1);
      await session?.release();
      return { kind: 'closed' };
    });
  });
};

const startSession = ({ graph, device, threads }: ThreadData): Promise<Onnx.InferenceSession> =>
  onnx.InferenceSession.create(graph, {
    ...(device === 'cpu' ? {} : { executionProviders: [device] }),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4, // its errors come back as errors
    extra: { session: { intra_op: { allow_spinning: '0' } } }, // a thread that spins takes a core from training
  });

/** What runs work of a session; the memory of its answers grows, and is used again. */
const runner = (session: Onnx.InferenceSession, facts: GraphFacts): ((work: Work) => Promise<Reply>) => {
  let memory = new SharedArrayBuffer(0);
  return async (work) => {
    const results = await session.run(graphFeeds(onnx.Tensor, facts, work), facts.outputs);
    const outputs = graphOutputs(results, facts, work.rows);
    const shapes = outputs.map(({ shape }) => shape);
    memory = roomFor(memory, outputBytes(shapes));
    const views = outputViews(memory, shapes);
    for (const [n, { data }] of outputs.entries()) views[n]?.set(data);
    for (const name of facts.outputs) results[name]?.dispose();
    return { kind: 'done', memory, shapes };
  };
};

parentPort?.on('message', open);
open(first);
