import { ArgumentError } from '../../errors.ts';
import { newRequest, type Outcome, type Request, settle } from './batches.ts';
import type { Device } from './device.ts';
import { dispatch, forgetPlans, schedule } from './dispatch.ts';
import { checkFeeds, type SessionFeeds, type SessionOutput } from './feeds.ts';
import type { GraphFacts } from './graphFacts.ts';
import { requireOnnxRuntime } from './onnxRuntime.ts';
import type { Parallelism } from './parallelism.ts';
import type { Counts, Pool } from './pool.ts';
import { checkPoolOptions, placesOf, type SessionPoolOptions } from './poolOptions.ts';
import { waitFor } from './sessionThread.ts';
import { collectAll, openSlots } from './slots.ts';
import { type StartWorker, startSessionWorker } from './threadHost.ts';
import { close } from './unanswered.ts';

/** Sessions of ONNX Runtime in threads, fed through shared memory. */
export type SessionPool = {
  /** What the graph takes and gives. */
  readonly facts: GraphFacts;
  /**
   * Runs the network and blocks until it has answered, event loop and all.
   *
   * @returns the outputs in the order of `facts.outputs`, the caller's own.
   * @throws ArgumentError `bad-feeds`, `model-disposed`.
   * @throws CheckpointError `graph-failed` with ONNX Runtime's own words.
   * @throws EnvironmentError `worker-died` when a thread died of the same batch twice, `out-of-memory` where one row is
   *   too many; more are run in smaller batches by themselves. `device-lost`, `device-failed` on a GPU, where there is no
   *   way to go on.
   */
  run(feeds: SessionFeeds): SessionOutput[];
  /** As `run`, without blocking. Calls that come together share a batch. The data of `feeds` must stay as it is until then. */
  runAsync(feeds: SessionFeeds): Promise<SessionOutput[]>;
  /** Ends the threads and frees the weights; calls that still wait fail with `model-disposed`. A pool that is forgotten keeps no process alive. */
  dispose(): Promise<void>;
  stats(): Readonly<Counts & Parallelism & { readonly device: Device }>;
};

/**
 * Opens a graph in as many sessions as suit this machine.
 *
 * @param startWorker Starts a thread; another one stands in for it in tests.
 * @throws ArgumentError `bad-sessions`, `bad-threads`, `bad-max-batch`, `bad-max-wait`.
 * @throws CheckpointError `bad-graph`.
 * @throws EnvironmentError `no-onnxruntime`, `worker-died`, `out-of-memory`; `no-device` and `device-failed` on a GPU.
 */
export const openSessionPool = async (
  options: SessionPoolOptions,
  startWorker: StartWorker = startSessionWorker,
): Promise<SessionPool> => {
  checkPoolOptions(options);
  const { inputs = {}, maxWait = 2 } = options;
  const pool: Pool = {
    ...{ maxWait, startWorker },
    ...placesOf(options),
    names: inputs,
    runtime: requireOnnxRuntime().entry,
    bell: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    slots: new Set(),
    queue: [],
    again: [],
    counts: { requests: 0, batches: 0, rows: 0, largestBatch: 0, deaths: 0 },
  };
  try {
    await openSlots(pool);
  } catch (error) {
    await dispose(pool);
    throw error;
  }
  return {
    facts: pool.facts as GraphFacts,
    run: (feeds) => run(pool, feeds),
    runAsync: (feeds) => runAsync(pool, feeds),
    dispose: () => dispose(pool),
    stats: () => {
      const { device, sessions, threads } = pool.place;
      return { ...pool.counts, device, sessions, threads };
    },
  };
};

const run = (pool: Pool, feeds: SessionFeeds): SessionOutput[] => {
  const outcomes: Outcome[] = [];
  pool.queue.unshift(accept(pool, feeds, (outcome) => outcomes.push(outcome)));
  waitFor(pool.bell, () => {
    collectAll(pool);
    dispatch(pool);
    return outcomes.length > 0;
  });
  const [outcome] = outcomes as [Outcome];
  if ('error' in outcome) throw outcome.error;
  return outcome.outputs;
};

const runAsync = (pool: Pool, feeds: SessionFeeds): Promise<SessionOutput[]> =>
  new Promise((resolve, reject) => {
    const settled = (outcome: Outcome): void => ('error' in outcome ? reject(outcome.error) : resolve(outcome.outputs));
    pool.queue.push(accept(pool, feeds, settled));
    schedule(pool);
  });

const accept = (pool: Pool, feeds: SessionFeeds, settled: Request['settle']): Request => {
  if (pool.fault) throw pool.fault;
  const ordered = checkFeeds(feeds, pool.facts as GraphFacts);
  pool.counts.requests += 1;
  return newRequest(feeds.rows, ordered, settled);
};

const dispose = async (pool: Pool): Promise<void> => {
  const slots = [...pool.slots];
  const error = new ArgumentError('model-disposed', `the model of ${pool.place.graph} was disposed; load it again`);
  pool.slots.clear();
  forgetPlans(pool);
  close(pool, error);
  for (const { batch } of slots) for (const { request } of batch?.pieces ?? []) settle(request, { error });
  await Promise.all(slots.map(({ thread }) => thread.end()));
};
