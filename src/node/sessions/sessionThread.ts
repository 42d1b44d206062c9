import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { guardExit, releaseExit } from './exitGuard.ts';
import type { Close, Reply, ThreadData, Work } from './protocol.ts';
import { holder, hostOf, isCutOff, type StartWorker, whenOnline } from './threadHost.ts';

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

/**
 * Opens a session in a thread of its own, or, on a GPU, in the one thread of this process that uses it. The thread keeps
 * the process alive until it is told otherwise. Its first reply says how opening went.
 */
export const startThread = (
  data: Omit<ThreadData, 'port' | 'gone'>,
  { onReply, onExit }: ThreadEvents,
  startWorker: StartWorker,
): SessionThread => {
  const { port1: port, port2 } = new MessageChannel();
  const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const host = hostOf({ ...data, port: port2, gone }, startWorker);
  const { worker } = host;
  const { send, heard, poll, isComputing } = conversation(port);
  const isGone = (): boolean => Atomics.load(gone, 0) === 1 || isCutOff(worker);
  const guard = { finish: () => waitFor(data.bell, () => !isComputing() || poll() !== undefined || isGone()) };
  guardExit(guard);
  const ignore = listen(worker, (fault) => {
    releaseExit(guard);
    onExit(fault);
  });
  whenOnline(host, () => {
    port.once('message', () => isCutOff(worker)); // it can tell later only if it was asked while the thread ran
    port.on('message', (reply) => onReply(heard(reply)));
    port.unref();
  });
  const hold = holder(host);
  return {
    send,
    poll,
    isGone,
    hold,
    async end() {
      hold(true);
      if (isComputing() && !isGone()) await replyOrExit(port, worker);
      if (!host.isShared) await worker.terminate();
      else if (!isGone()) {
        ignore();
        send({ kind: 'close' });
        await replyOrExit(port, worker);
        releaseExit(guard);
      }
      hold(false);
      port.close();
    },
  };
};

/** Every message out is work, and every message in ends it; opening and closing the session is work as well. */
const conversation = (port: MessagePort) => {
  let isComputing = true;
  const heard = (reply: Reply): Reply => {
    isComputing = false;
    return reply;
  };
  return {
    send(message: Work | Close): void {
      isComputing = true;
      port.postMessage(message);
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

/** @returns what ends the listening. */
const listen = (worker: Worker, exited: ThreadEvents['onExit']): (() => void) => {
  let fault = '';
  const onError = (error: unknown): void => {
    fault = `: ${error instanceof Error ? error.message : error}`;
  };
  const onExit = (code: number): void => exited(fault || ` with exit code ${code}`);
  worker.on('error', onError).on('exit', onExit);
  return () => worker.off('error', onError).off('exit', onExit);
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
