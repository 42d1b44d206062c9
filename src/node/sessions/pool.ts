import type { Batch, Request } from './batches.ts';
import type { Device } from './device.ts';
import type { GraphFacts, GraphNames } from './graphFacts.ts';
import type { Parallelism } from './parallelism.ts';
import type { SessionThread } from './sessionThread.ts';
import type { StartWorker } from './threadHost.ts';

/** What a pool of sessions knows. The files beside this one hold what happens to it. */
export type Pool = {
  /** Where it is computed, and how: changes where a GPU fails and there is a way to go on. */
  place: Place;
  /** How to go on where a GPU fails. */
  retreat?: (Place & { readonly maxBatch: number }) | undefined;
  readonly names: GraphNames;
  /** File of the onnxruntime-node package. */
  readonly runtime: string;
  readonly maxWait: number;
  readonly startWorker: StartWorker;
  /** Raised by every thread after every reply. */
  readonly bell: Int32Array;
  /** Threads that live. */
  readonly slots: Set<Slot>;
  /** Requests with rows that no batch has taken. */
  readonly queue: Request[];
  /** Batches that go before the queue: their thread died, or they are parts of one that failed. */
  readonly again: Batch[];
  readonly counts: Counts;
  /** Rows in a batch at most; falls to 1 for a graph that takes no more. */
  maxBatch: number;
  /** Known once the first session is open. */
  facts?: GraphFacts;
  /** A look at the queue at the end of this turn of the event loop. */
  turn?: NodeJS.Immediate | undefined;
  /** When batches start even if more callers are expected. */
  deadline?: NodeJS.Timeout | undefined;
  /** Why nothing can be run any more. */
  fault?: Error;
};

/** Where a graph is computed: on what, the file in the form that suits it, and by how many sessions. */
export type Place = Parallelism & { readonly device: Device; readonly graph: string };

/** A thread's place in the pool. */
export type Slot = {
  thread: SessionThread;
  isOpen: boolean;
  batch?: Batch | undefined;
  /** Rows that it ran last: as many callers are likely to come back. */
  lastRows: number;
  /** Where its work is put; grows. */
  memory: SharedArrayBuffer;
  /** Told once, how opening went. */
  readonly onOpen: (error?: Error) => void;
};

export type Counts = { requests: number; batches: number; rows: number; largestBatch: number; deaths: number };

export const idleSlots = ({ slots }: Pool): Slot[] => [...slots].filter(({ isOpen, batch }) => isOpen && !batch);
