import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { scriptFile } from '../packageFiles.ts';
import { guardExit, releaseExit } from './exitGuard.ts';
import type { Reply, ThreadData, Work } from './protocol.ts';

/** A thread with a session, seen from the main thread. */
export type SessionThread = {
  send(work: Work): void;
  /** A reply that is there already, without waiting and without the event loop. */
  poll(): Reply | undefined;
  /** Whether the thread has ended; known without the event loop. */
  isGone(): boolean;
  /** Whether the thread keeps the process alive. */
  hold(isHeld: boolean): void;
  /** Ends the thread, when it computes no more; see `exitGuard`. */
  end(): Promise<void>;
};

export type ThreadEvents = {
  readonly onReply: (reply: Reply) => void;
  /** @param fault What the thread died of, where it could say. */
  readonly onExit: (fault: string) => void;
};

/** Starts the worker; another one stands in for it in tests. */
export type StartWorker = (options: WorkerOptions) => Worker;

/** Starts a thread, which keeps the process alive until it is told otherwise. Its first reply says how opening went. */
export const startThread = (
  data: Omit<ThreadData, 'port' | 'gone'>,
  { onReply, onExit }: ThreadEvents,
  startWorker: StartWorker,
): SessionThread => {
  const { port1: port, port2 } = new MessageChannel();
  const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData = { ...data, port: port2, gone } satisfies ThreadData;
  const worker = startWorker({ workerData, transferList: [port2], execArgv: [] });
  const { send, heard, poll, isComputing } = conversation(port);
  const isGone = (): boolean => Atomics.load(gone, 0) === 1 || isCutOff(worker);
  const guard = { finish: () => waitFor(data.bell, () => !isComputing() || poll() !== undefined || isGone()) };
  guardExit(guard);
  listen(worker, (fault) => {
    releaseExit(guard);
    onExit(fault);
  });
  worker.once('online', () => {
    port.once('message', () => isCutOff(worker)); // it can tell later only if it was asked while the thread ran
    port.on('message', (reply) => onReply(heard(reply)));
    port.unref();
  });
  return {
    send,
    poll,
    isGone,
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    async end() {
      worker.ref();
      if (isComputing() && !isGone()) await replyOrExit(port, worker);
      await worker.terminate();
      port.close();
    },
  };
};

/** Every message out is work, and every message in ends it; opening the session is work as well. */
const conversation = (port: MessagePort) => {
  let isComputing = true;
  const heard = (reply: Reply): Reply => {
    isComputing = false;
    return reply;
  };
  return {
    send(work: Work): void {
      isComputing = true;
      port.postMessage(work);
    },
    heard,
    poll(): Reply | undefined {
      const received = receiveMessageOnPort(port);
      return received && heard(received.message);
    },
    isComputing: () => isComputing,
  };
};

const replyOrExit = (port: MessagePort, worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    port.once('message', () => resolve());
    worker.once('exit', () => resolve());
  });

const listen = (worker: Worker, onExit: ThreadEvents['onExit']): void => {
  let fault = '';
  worker.on('error', (error) => {
    fault = `: ${error instanceof Error ? error.message : error}`;
  });
  worker.on('exit', (code) => onExit(fault || ` with exit code ${code}`));
};

/** Blocks until a condition holds that a thread brings about before it rings. */
export const waitFor = (bell: Int32Array, isMet: () => boolean): void => {
  for (;;) {
    const rung = Atomics.load(bell, 0);
    if (isMet()) return;
    Atomics.wait(bell, 0, rung, ROUND); // returns at once if the bell rang in between
  }
};

/** A blocked main thread looks after its threads this often, in milliseconds: the bell of one that was cut off is silent. */
const ROUND = 100;

/** A thread that was terminated, or ran out of memory, had no time to say so: its idle time is then -1. */
const isCutOff = (worker: Worker): boolean => worker.performance.eventLoopUtilization().idle < 0;

/**
 * Starts `sessionWorker` as it lies here: compiled, or as a TypeScript source, which tsx then reads. It does so through
 * `require`, in the thread itself: its `import` hooks need the main thread on Node 20, which may be blocked.
 */
export const startSessionWorker: StartWorker = (options) => {
  const file = scriptFile('sessions/sessionWorker');
  if (!file.endsWith('.ts')) return new Worker(file, options);
  const path = JSON.stringify(file);
  const code = `const load = require('node:module').createRequire(${path}); load('tsx/cjs'); load(${path});`;
  return new Worker(code, { ...options, eval: true });
};
