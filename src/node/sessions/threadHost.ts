import type { Worker, WorkerOptions } from 'node:worker_threads';
import { startScript } from '../startScript.ts';
import type { ThreadData } from './protocol.ts';

/** Starts the worker; another one stands in for it in tests. */
export type StartWorker = (options: WorkerOptions) => Worker;

/** A worker with sessions, and how many of them keep the process alive. */
export type Host = {
  readonly worker: Worker;
  readonly isShared: boolean;
  /** Becomes 1 when the worker ends, which a blocked event loop is not told. */
  readonly gone: Int32Array;
  isOnline: boolean;
  holds: number;
};

/** The one that uses the GPU: two threads that do so at once hang or end the process. */
let gpu: Host | undefined;

/** Where a session is opened; the worker is told of it. */
export const hostOf = (data: ThreadData, startWorker: StartWorker): Host => {
  if (data.device !== 'cpu' && gpu && Atomics.load(gpu.gone, 0) === 0 && !isCutOff(gpu.worker)) {
    gpu.worker.postMessage(data, [data.port]);
    return gpu;
  }
  const worker = startWorker({ workerData: data, transferList: [data.port], execArgv: [] });
  const host = { worker, isShared: data.device !== 'cpu', gone: data.gone, isOnline: false, holds: 0 };
  worker.once('online', () => {
    host.isOnline = true;
  });
  if (!host.isShared) return host;
  worker.setMaxListeners(0); // some for each session
  worker.once('exit', () => {
    if (gpu === host) gpu = undefined;
  });
  gpu = host;
  return host;
};

export const whenOnline = ({ worker, isOnline }: Host, act: () => void): void => {
  if (isOnline) act();
  else worker.once('online', act);
};

/** What says whether a session keeps the process alive; in the beginning it does. */
export const holder = (host: Host): ((isHeld: boolean) => void) => {
  let isHolding = false;
  const hold = (isHeld: boolean): void => {
    if (isHeld !== isHolding) host.holds += isHeld ? 1 : -1;
    isHolding = isHeld;
    if (host.holds > 0) host.worker.ref();
    else host.worker.unref();
  };
  hold(true);
  return hold;
};

/** A thread that was terminated, or ran out of memory, had no time to say so: its idle time is then -1. */
export const isCutOff = (worker: Worker): boolean => worker.performance.eventLoopUtilization().idle < 0;

/** Starts a thread for sessions. */
export const startSessionWorker: StartWorker = (options) => startScript('sessions/sessionWorker', options);
