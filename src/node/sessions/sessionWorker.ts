/**
 * A thread of the pool: opens one session, then answers work until it is ended. It needs nothing of the main thread's
 * event loop, which may be blocked while it waits for an answer.
 */
import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';
import type * as Onnx from 'onnxruntime-node';
import { BoomerangError } from '../../errors.ts';
import { type GraphFacts, graphFacts } from './graphFacts.ts';
import { graphFeeds } from './graphFeeds.ts';
import { graphOutputs } from './graphOutputs.ts';
import { outputBytes, outputViews, type Reply, roomFor, type ThreadData, type Work } from './protocol.ts';

const { port, bell, gone, runtime, graph, threads, names } = workerData as ThreadData;
const onnx = createRequire(import.meta.url)(runtime) as typeof Onnx;
let memory = new SharedArrayBuffer(0);

const ring = (): void => {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
};

process.on('exit', () => {
  Atomics.store(gone, 0, 1);
  ring();
});

/** Runs `work` and answers with what comes of it, good or bad. */
const answer = async (code: string, work: () => Promise<Reply>): Promise<void> => {
  let reply: Reply;
  try {
    reply = await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply = { kind: 'failed', code: error instanceof BoomerangError ? error.code : code, message };
  }
  port.postMessage(reply);
  ring();
};

const serve = async (): Promise<Reply> => {
  const session = await onnx.InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4, // its errors come back as errors
    extra: { session: { intra_op: { allow_spinning: '0' } } }, // a thread that spins takes a core from training
  });
  const facts = graphFacts(session, names);
  port.on('message', (work: Work) => answer('graph-failed', () => run(session, facts, work)));
  return { kind: 'ready', facts };
};

const run = async (session: Onnx.InferenceSession, facts: GraphFacts, work: Work): Promise<Reply> => {
  const results = await session.run(graphFeeds(onnx.Tensor, facts, work), facts.outputs);
  const outputs = graphOutputs(results, facts, work.rows);
  const shapes = outputs.map(({ shape }) => shape);
  memory = roomFor(memory, outputBytes(shapes));
  const views = outputViews(memory, shapes);
  for (const [n, { data }] of outputs.entries()) views[n]?.set(data);
  for (const name of facts.outputs) results[name]?.dispose();
  return { kind: 'done', memory, shapes };
};

void answer('bad-graph', serve);
