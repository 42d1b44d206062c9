/**
 * A thread of the pool: opens one session, then answers work until it is ended. It needs nothing of the main thread's
 * event loop, which may be blocked while it waits for an answer.
 */
import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';
import type * as Onnx from 'onnxruntime-node';
import { BoomerangError } from '../../errors.ts';
import { type GraphFacts, graphFacts } from './graphFacts.ts';
import { graphFeeds, reordered } from './graphFeeds.ts';
import { type ImageBatchShape, type Reply, roomFor, type ThreadData, type Work, workViews } from './protocol.ts';

const { port, bell, gone, runtime, graph, threads, names } = workerData as ThreadData;
const onnx = createRequire(import.meta.url)(runtime) as typeof Onnx;
let output = new SharedArrayBuffer(0);

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
  const { [facts.output]: result } = await session.run(
    graphFeeds(onnx.Tensor, facts, { ...workViews(work), ...work }),
    [facts.output],
  );
  if (!result) throw new Error(`no output "${facts.output}"`);
  const { dims, data } = result as Onnx.Tensor & { readonly data: Float32Array };
  const [rows = 0, channels = 0, height = 0, width = 0] = dims; // where the layout is NCHW
  if (rows !== work.shape[0]) throw new Error(`the output has ${rows} rows for ${work.shape[0]} images`);
  const values =
    facts.layout === 'nhwc' ? data : reordered(data, [rows, height, width, channels] as ImageBatchShape, 'nhwc');
  output = roomFor(output, values.byteLength);
  new Float32Array(output).set(values);
  result.dispose();
  return { kind: 'done', memory: output, length: values.length };
};

void answer('bad-graph', serve);
